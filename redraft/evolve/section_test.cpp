#include "redraft/evolve/section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redraft::evolve {
namespace {

const std::string kDocument =
    "---\nwords: 50\n---\n# Field notes\n\nOpening words.\n\n## Tides  \n\nOld tide text.\nSecond "
    "line.\n\n### Spring tides\n\nDetail.\n\n```\n## Not a heading\n```\n\n## The *quay*\n\nQuay "
    "text.\n\nAfter\n=====\n\nLast.\n";

TEST(FindSection, EndsAtTheNextHeadingOfItsLevel) {
  const auto section = FindSection(kDocument, "tides");
  ASSERT_TRUE(section) << section.error().message;
  EXPECT_TRUE(section->before.ends_with("## Tides  \n"));
  EXPECT_TRUE(section->body.starts_with("\nOld tide text."));
  EXPECT_NE(section->body.find("## Not a heading"), std::string::npos);
  EXPECT_TRUE(section->after.starts_with("## The *quay*"));
}

TEST(FindSection, SeesThroughMarkupAndSetextHeadings) {
  EXPECT_EQ(FindSection(kDocument, "## The quay")->body, "\nQuay text.\n\n");
  EXPECT_EQ(FindSection(kDocument, "After")->body, "\nLast.\n");
}

TEST(FindSection, ListsTheHeadingsWhenThereIsNone) {
  EXPECT_THAT(FindSection(kDocument, "Storms").error().message,
              ::testing::HasSubstr("'Spring tides'"));
  EXPECT_THAT(FindSection("# A\n\n# a\n", "A").error().message, ::testing::HasSubstr("several"));
}

TEST(ReplaceBody, ChangesNoByteOutsideTheBody) {
  const auto section = FindSection(kDocument, "The quay");
  const std::string changed = ReplaceBody(*section, "New words.");
  EXPECT_EQ(changed, section->before + "\nNew words.\n\n" + section->after);
  EXPECT_EQ(ReplaceBody(*FindSection("# Empty", "Empty"), "Words."), "# Empty\n\nWords.\n");
}

RC_GTEST_PROP(ReplaceBody, RestoresTheDocumentWhenGivenTheOldText, ()) {
  // Documents of random lines around a section; the old body put back gives the old bytes.
  const auto lines = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "text", "", "### deeper", "- item", "    code", "> quote", "**bold**", "*", "1. one"));
  std::string body;
  for (const auto& line : lines) body += line + "\n";
  const std::string document = "# Top\n\n## Here\n" + body + "## Next\n\nEnd.\n";
  const auto section = FindSection(document, "Here");
  RC_ASSERT(section.has_value());
  RC_ASSERT(section->before + section->body + section->after == document);
  const auto first = section->body.find_first_not_of(" \t\r\n");
  if (first != std::string::npos) {
    const auto last = section->body.find_last_not_of(" \t\r\n");
    RC_ASSERT(ReplaceBody(*section, section->body.substr(first, last - first + 1)) == document);
  }
}

}  // namespace
}  // namespace redraft::evolve
