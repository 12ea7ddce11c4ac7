#include "redraft/edit/sections.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

std::vector<std::string> Cut(std::string_view text, int words) {
  std::vector<std::string> pieces;
  for (const Section& section : Sections(text, words)) {
    pieces.emplace_back(text.substr(section.start, section.end - section.start));
  }
  return pieces;
}

using Pieces = std::vector<std::string>;

TEST(Sections, AreCutAtEmptyLines) {
  EXPECT_EQ(Cut("One two.\n\nThree four.\n\nFive.\n", 4),
            (Pieces{"One two.\n\nThree four.\n\n", "Five.\n"}));
  EXPECT_EQ(Cut("One two.", 4), (Pieces{"One two."}));
  EXPECT_EQ(Cut("", 4), Pieces{});
  EXPECT_EQ(Cut(" \n", 4), (Pieces{" \n"}));
}

TEST(Sections, ALongParagraphIsCutBehindASentence) {
  EXPECT_EQ(Cut("One two three. Four five six. Seven.", 4),
            (Pieces{"One two three. ", "Four five six. Seven."}));
}

TEST(Sections, AFencedBlockStaysWhole) {
  EXPECT_EQ(Cut("One.\n\n```\na b c d\n\ne f g h\n```\n\nTwo.", 3),
            (Pieces{"One.\n\n", "```\na b c d\n\ne f g h\n```\n\n", "Two."}));
}

RC_GTEST_PROP(Sections, TogetherAreTheText, ()) {
  const auto parts = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "word ", "Word two. ", "\n\n", "\r\n\r\n", "> q\n", "```\n", "é—", " ", "# H\n"));
  std::string text;
  for (const std::string& part : parts) text += part;
  const int most = *rc::gen::inRange(1, 12);
  std::string joined;
  std::size_t at = 0;
  for (const Section& section : Sections(text, most)) {
    RC_ASSERT(section.start == at && section.end > at);
    at = section.end;
  }
  RC_ASSERT(at == text.size());
}

}  // namespace
}  // namespace redraft::edit
