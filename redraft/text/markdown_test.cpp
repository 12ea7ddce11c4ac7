#include "redraft/text/markdown.h"

#include <gtest/gtest.h>

namespace redraft::text {
namespace {

TEST(Markdown, TextIsWhatReadersSee) {
  EXPECT_EQ(
      PlainText("# The *Sea*\n\nShe _really_ did\nsay **that** to me [here](http://x.org).\n\n"
                "<div class=\"x\">\n\n- one\n- two `three`\n\n> Quoted.\n\n---\n\nEnd\\*.  \nLast"),
      "The Sea\n\nShe really did\nsay that to me here.\n\none\ntwo three\n\nQuoted.\n\nEnd*.\n"
      "Last\n");
  EXPECT_EQ(PlainText(""), "");
  EXPECT_EQ(PlainText("<b>\n"), "");
  EXPECT_EQ(PlainText("```\ncode\n```\nText"), "code\n\nText\n");
}

TEST(Markdown, AHeadingKnowsItsLines) {
  const std::string document = "# One *two*\n\nText\n\nThree\n=====\n\n> # quoted\n";
  const std::vector<Heading> headings = Headings(document);
  ASSERT_EQ(headings.size(), 2U);
  EXPECT_EQ(headings[0].text, "One two");
  EXPECT_EQ(document.substr(headings[0].start, headings[0].end - headings[0].start),
            "# One *two*\n");
  EXPECT_EQ(headings[1].level, 1);
  EXPECT_EQ(document.substr(headings[1].start, headings[1].end - headings[1].start),
            "Three\n=====\n");
}

}  // namespace
}  // namespace redraft::text
