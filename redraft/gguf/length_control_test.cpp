#include "redraft/gguf/length_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "redraft/text/words.h"

namespace redraft::gguf {
namespace {

LengthController After(std::string_view text, core::LengthControl limits) {
  LengthController controller(limits);
  controller.Append(text);
  return controller;
}

bool EndsSentence(std::string_view text) {
  return After(text, {.min_words = 0, .target_words = 1, .max_words = 0}).EndChance() > 0;
}

TEST(LengthController, KnowsSentenceEnds) {
  for (const char* text : {"The rain stopped.", "She left!", "Who was it? ",
                           "\"I know,\" she said. ", "“Go.”", "He said, \"Go.\"", "(It was late.)",
                           "It was I.", "It was *over*.", "Then…", "in 1912. "}) {
    EXPECT_TRUE(EndsSentence(text)) << text;
  }
}

TEST(LengthController, KnowsWhatIsNoSentenceEnd) {
  for (const char* text : {"The rain", "He met Mr.", "by J.", "\"I know.", "“Go.", "3.", "in 1912.",
                           "She said, \"Go. ", "end.\n\nNext", "and, then,"}) {
    EXPECT_FALSE(EndsSentence(text)) << text;
  }
}

TEST(LengthController, AParagraphEndsAnOpenQuotation) {
  EXPECT_TRUE(EndsSentence("\"I never left.\n\n\"I stayed.\" She slept.\n\nMorning came."));
}

TEST(LengthController, TheChanceToEndGrowsFromAQuarterToOne) {
  const core::LengthControl limits = {.min_words = 2, .target_words = 4, .max_words = 8};
  EXPECT_EQ(After("One two three.", limits).EndChance(), 0.0);
  EXPECT_DOUBLE_EQ(After("One two three four.", limits).EndChance(), 0.25);
  EXPECT_DOUBLE_EQ(After("One two three four five six.", limits).EndChance(), 0.625);
  EXPECT_DOUBLE_EQ(After("One two three four five six seven eight.", limits).EndChance(), 1.0);
  EXPECT_EQ(After("One two three four five six", limits).EndChance(), 0.0);
}

TEST(LengthController, ForbidsTheEndBeforeTheMinimum) {
  const core::LengthControl limits = {.min_words = 3, .target_words = 0, .max_words = 0};
  EXPECT_FALSE(After("One two.", limits).MayEnd());
  EXPECT_TRUE(After("One two three", limits).MayEnd());
}

TEST(LengthController, CutsAfterTheLastWholeSentenceWithinTheLimits) {
  const std::string text = "One two three. Four five. Six seven";
  const auto controller = After(text, {.min_words = 2, .target_words = 0, .max_words = 6});
  ASSERT_TRUE(controller.Over());
  const auto cut = controller.CutHere(text);
  EXPECT_TRUE(cut.whole_sentences);
  EXPECT_EQ(text.substr(0, cut.bytes), "One two three. Four five.");
}

TEST(LengthController, CutsAtTheLastWordWhenNoSentenceIsLongEnough) {
  const std::string text = "One two. Three four five six seven";
  const auto controller = After(text, {.min_words = 4, .target_words = 0, .max_words = 6});
  const auto cut = controller.CutHere(text);
  EXPECT_FALSE(cut.whole_sentences);
  EXPECT_EQ(text.substr(0, cut.bytes), "One two. Three four five six");
}

RC_GTEST_PROP(LengthController, DoesNotCareHowTheTextIsCutIntoPieces, ()) {
  const std::string text =
      "“Stop—now,” said Dr. Hale. He didn’t…\n\n\"Why?\" Nobody knew. It cost 3.5 marks. Ça va.";
  LengthController pieces({.min_words = 3, .target_words = 5, .max_words = 14});
  std::size_t at = 0;
  while (at < text.size()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 9);
    pieces.Append(std::string_view(text).substr(at, size));
    at += size;
  }
  const auto whole = After(text, {.min_words = 3, .target_words = 5, .max_words = 14});
  RC_ASSERT(pieces.words() == text::CountWords(text));
  RC_ASSERT(pieces.words() == whole.words());
  RC_ASSERT(pieces.EndChance() == whole.EndChance());
  RC_ASSERT(pieces.CutHere(text).bytes == whole.CutHere(text).bytes);
}

}  // namespace
}  // namespace redraft::gguf
