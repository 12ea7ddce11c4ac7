#include "redraft/edit/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

using ::testing::HasSubstr;

core::Edit Replace(std::size_t start, std::size_t end, std::string replacement) {
  return {{start, end, "cliche", "worn", 1}, std::move(replacement)};
}

std::string ErrorOf(std::string_view text, std::vector<core::Edit> edits) {
  const auto applied = Apply(text, std::move(edits));
  EXPECT_FALSE(applied);
  if (applied) return "";
  EXPECT_EQ(applied.error().code, ErrorCode::kInvalidArgument);
  return applied.error().message;
}

TEST(Apply, CarriesOutEditsInAnyOrder) {
  const auto applied =
      Apply("The old cat sat.", {Replace(12, 15, "slept"), Replace(4, 8, ""),
                                 Replace(16, 16, " Quietly."), Replace(0, 0, "* ")});
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->text, "* The cat slept. Quietly.");
  ASSERT_EQ(applied->inverse.size(), 4U);
  EXPECT_EQ(applied->inverse[2], Replace(10, 15, "sat"));
  EXPECT_EQ(Apply(applied->text, applied->inverse)->text, "The old cat sat.");
}

TEST(Apply, NeighboursThatAreDeletedComeBackInOrder) {
  const auto applied = Apply("abcdef", {Replace(0, 2, ""), Replace(2, 4, ""), Replace(4, 5, "")});
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->text, "f");
  EXPECT_EQ(Apply(applied->text, applied->inverse)->text, "abcdef");
}

TEST(Apply, AnInsertionMayTouchAReplacement) {
  EXPECT_EQ(Apply("abc", {Replace(1, 2, "B"), Replace(1, 1, "-")})->text, "a-Bc");
  EXPECT_EQ(Apply("abc", {Replace(1, 2, "B"), Replace(2, 2, "-")})->text, "aB-c");
}

TEST(Apply, WhatCannotBeCarriedOutIsAnErrorWithItsPlace) {
  EXPECT_THAT(ErrorOf("abc", {Replace(0, 4, "")}),
              HasSubstr("[0, 4) is out of range: the text has 3 bytes"));
  EXPECT_THAT(ErrorOf("abc", {Replace(2, 1, "")}), HasSubstr("[2, 1) is out of range"));
  EXPECT_THAT(ErrorOf("abcd", {Replace(2, 4, ""), Replace(0, 3, "")}),
              HasSubstr("[0, 3) and [2, 4) overlap"));
  EXPECT_THAT(ErrorOf("abcd", {Replace(0, 3, ""), Replace(1, 1, "x")}), HasSubstr("overlap"));
  EXPECT_THAT(ErrorOf("abcd", {Replace(1, 1, "x"), Replace(1, 1, "y")}), HasSubstr("overlap"));
  EXPECT_THAT(ErrorOf("caf\xC3\xA9", {Replace(0, 4, "")}), HasSubstr("inside a character"));
  EXPECT_THAT(ErrorOf("\xF0\x9F\x99\x82", {Replace(2, 2, "x")}), HasSubstr("inside a character"));
}

TEST(Apply, BytesThatAreNotUtf8MayBeParted) {
  EXPECT_EQ(Apply("a\xA9\xA9z", {Replace(2, 3, "")})->text, "a\xA9z");
  EXPECT_EQ(Apply("\xE2\x82z", {Replace(1, 2, "")})->text, "\xE2z");
}

TEST(Apply, BrokenBytesThatWouldBecomeACharacterAreRefused) {
  EXPECT_THAT(ErrorOf("\xC3-\xA9", {Replace(1, 2, "")}), HasSubstr("at byte 1"));
}

/// Texts out of characters of one to four bytes and broken ones.
std::string AnyText() {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"a", " ", "\n", "é", "—", "🙂", "\r\n", "\xC3", "\xA9", "\xFF"}));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

TEST(Apply, AnyDisjointEditsCanBeTakenBackToTheByte) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = AnyText();
    std::vector<std::size_t> borders;
    for (std::size_t at = 0; at < text.size();) {
      if (*rc::gen::inRange(0, 3) == 0) borders.push_back(at);
      text::NextCodePoint(text, at);
    }
    borders.push_back(text.size());
    std::vector<core::Edit> edits;
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      const int kind = *rc::gen::inRange(0, 3);  // leave, replace, insert
      if (kind == 1) edits.push_back(Replace(borders[i], borders[i + 1], AnyText()));
      if (kind == 2) edits.push_back(Replace(borders[i], borders[i], AnyText()));
    }
    if (*rc::gen::arbitrary<bool>()) edits.push_back(Replace(text.size(), text.size(), "!"));
    std::reverse(edits.begin(), edits.end());
    const auto applied = Apply(text, edits);
    if (!applied) {  // only where broken bytes met
      RC_ASSERT(applied.error().message.find("not UTF-8") != std::string::npos);
      return;
    }
    std::size_t grown = text.size();
    for (const auto& edit : edits) {
      grown = grown + edit.replacement.size() - (edit.span.end - edit.span.start);
    }
    RC_ASSERT(applied->text.size() == grown);
    const auto back = Apply(applied->text, applied->inverse);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->text == text);
  }));
}

}  // namespace
}  // namespace redraft::edit
