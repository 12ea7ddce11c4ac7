#include "redraft/edit/protect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::edit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The protected pieces of a text that are not mere marks of headings and lists.
std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> pieces;
  for (const ProtectedRange& range : ProtectedRanges(text)) {
    pieces.emplace_back(text.substr(range.start, range.end - range.start));
  }
  return pieces;
}

TEST(Protect, SettingsInFrontAreProtected) {
  EXPECT_THAT(Pieces("---\ntitle: The Ferry\n---\nIt left at six.\n"),
              ElementsAre("---\ntitle: The Ferry\n---\n"));
  EXPECT_THAT(Pieces("\xEF\xBB\xBF+++\r\ntitle = 'X'\r\n+++\r\nText."),
              ElementsAre("\xEF\xBB\xBF+++\r\ntitle = 'X'\r\n+++\r\n"));
  EXPECT_THAT(Pieces("---\nIt left at six.\n---\n"), ElementsAre("---\n", "---\n"))
      << "a rule is no front matter";
}

TEST(Protect, CodeIsProtectedFencedInlineOrIndented) {
  EXPECT_THAT(Pieces("Run this:\n\n```sh\nmake\n\nmake test\n```\n\nThen go home.\n"),
              ElementsAre("```sh\nmake\n\nmake test\n```\n"));
  EXPECT_THAT(Pieces("~~~~\na\n~~~\nb\n~~~~\nAfter."), ElementsAre("~~~~\na\n~~~\nb\n~~~~\n"));
  EXPECT_THAT(Pieces("```\nnever closed\n"), ElementsAre("```\nnever closed\n"));
  EXPECT_THAT(Pieces("Use `ls -l` or ``a ` b`` here."), ElementsAre("`ls -l`", "``a ` b``"));
  EXPECT_THAT(Pieces("It is:\n\n    int main() { return 0; }\n\nDone."),
              ElementsAre("    int main() { return 0; }\n"));
}

TEST(Protect, IndentedProseStaysEditable) {
  EXPECT_THAT(Pieces("He stopped.\n\n    The rain had begun again, and nobody spoke.\n"),
              IsEmpty());
}

TEST(Protect, LinksAndAddressesAreProtected) {
  EXPECT_THAT(Pieces("See [the map](https://a.example/x_(y) \"Map\") and ![cat][pic]."),
              ElementsAre("[the map](https://a.example/x_(y) \"Map\")", "![cat][pic]"));
  EXPECT_THAT(Pieces("At https://a.example/b?c=d, <https://e.example>, www.f.example. Write to "
                     "anna.hale@post.example."),
              ElementsAre("https://a.example/b?c=d", "<https://e.example>", "www.f.example",
                          "anna.hale@post.example"));
  EXPECT_THAT(Pieces("A claim.[^2] Another [3].\n\n[^2]: Its source.\n"),
              ElementsAre("[^2]", "[3]", "[^2]: Its source.\n"));
  EXPECT_THAT(Pieces("The [old] town, where www was unknown and http a rumour."), IsEmpty());
}

TEST(Protect, BlockQuotationsAreProtectedWithTheLinesThatContinueThem) {
  EXPECT_THAT(Pieces("He read:\n\n> The ferry leaves\nat six.\n\nHe laughed.\n"),
              ElementsAre("> The ferry leaves\nat six.\n"));
}

TEST(Protect, QuotationsWithASourceAreProtected) {
  EXPECT_THAT(Pieces("Hale writes, \"The harbour was never deep.\" That is wrong."),
              ElementsAre("\"The harbour was never deep.\""));
  EXPECT_THAT(Pieces("According to the report, “nobody counted the boats.” We did."),
              ElementsAre("“nobody counted the boats.”"));
  EXPECT_THAT(Pieces("It is \"a matter of patience\" (Hale 1999, p. 4)."),
              ElementsAre("\"a matter of patience\""));
  EXPECT_THAT(Pieces("Hale et al. found \"no ferry\" [12]."), ElementsAre("\"no ferry\"", "[12]"));
}

TEST(Protect, WhatPeopleSayInAStoryStaysEditable) {
  EXPECT_THAT(Pieces("\"I never liked the sea,\" Hale said. \"Then why,\" she asked, \"stay?\""),
              IsEmpty());
  EXPECT_THAT(Pieces("“Go home,” he wrote. She wrote: “No.”"), IsEmpty());
}

TEST(Protect, MarksOfHeadingsListsTablesAndTagsAreProtected) {
  EXPECT_THAT(Pieces("# One\n\n- two\n3. three\n* [ ] four\n"),
              ElementsAre("# ", "- ", "3. ", "* [ ] "));
  EXPECT_THAT(Pieces("One\n===\n\n* * *\n\n| a | b |\n|---|---|\n"),
              ElementsAre("===\n", "* * *\n", "| a | b |\n|---|---|\n"));
  EXPECT_THAT(Pieces("A<br/>b.\n\n<!-- note\n\nto self -->\n"),
              ElementsAre("<br/>", "<!-- note\n\nto self -->\n"));
  EXPECT_THAT(Pieces("It was 5 < 6 and - for once - true."), IsEmpty());
}

TEST(Protect, WhatIsNeverClosedProtectsNothing) {
  for (const char* text : {"A `tick", "A <tag", "An [open", "A \"quote", "An “open", "<!-- open",
                           "[a](b", "\\", "a@", "[", "!", "h", "\xE2", ""}) {
    EXPECT_THAT(Pieces(text), IsEmpty()) << text;
  }
}

TEST(Protect, TouchesSeesSharedBytesOnly) {
  const std::vector<ProtectedRange> ranges = {{2, 4, ProtectedKind::kCode},
                                              {8, 9, ProtectedKind::kLink}};
  EXPECT_FALSE(Touches(ranges, 0, 2));
  EXPECT_TRUE(Touches(ranges, 0, 3));
  EXPECT_TRUE(Touches(ranges, 3, 8));
  EXPECT_FALSE(Touches(ranges, 4, 8));
  EXPECT_TRUE(Touches(ranges, 0, 20));
  EXPECT_FALSE(Touches(ranges, 9, 20));
}

TEST(Names, AreCapitalisedWordsInsideSentencesEachOnce) {
  EXPECT_THAT(Names("# The Old Ferry\n\nYesterday Anna took Mr. Hale's boat to Porto. I think Anna "
                    "knew. \"Come here,\" said Édith. Rain fell."),
              ElementsAre("Anna", "Hale", "Porto", "Édith"));
}

TEST(Names, ShoutedWordsAreNone) {
  EXPECT_THAT(Names("We left the boat. He said the BOAT had gone to the NATO dock."),
              ElementsAre("NATO"));
}

}  // namespace
}  // namespace redraft::edit
