#include "redraft/reward/passage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace redraft::reward {
namespace {

std::vector<std::string> Cut(std::string_view text) {
  std::vector<std::string> sentences;
  const Passage passage(text);
  for (const Sentence& sentence : passage.sentences()) sentences.emplace_back(sentence.text);
  return sentences;
}

TEST(Passage, EndsSentencesAtPunctuationBeforeACapital) {
  EXPECT_THAT(Cut("The ferry left. \u201CWhy?\u201D she asked. Nobody knew\u2026 Then rain!"),
              ::testing::ElementsAre("The ferry left.", "\u201CWhy?\u201D she asked.",
                                     "Nobody knew\u2026", "Then rain!"));
}

TEST(Passage, TitlesInitialsAndDecimalsEndNothing) {
  EXPECT_THAT(Cut("Mr. Hale and J. R. Marsh paid 3.50 for it. I did not."),
              ::testing::ElementsAre("Mr. Hale and J. R. Marsh paid 3.50 for it.", "I did not."));
}

TEST(Passage, LineBreaksEndSentencesAndPiecesWithoutWordsAreNone) {
  EXPECT_THAT(Cut("A heading\n\nThe text. ***\n--\nThe end"),
              ::testing::ElementsAre("A heading", "The text.", "The end"));
  EXPECT_THAT(Cut(""), ::testing::IsEmpty());
  EXPECT_THAT(Cut(" \n\t"), ::testing::IsEmpty());
}

TEST(Passage, SentencesWithTheSameWordsAreIdentical) {
  const Passage passage("He left. \u201CHe left!\u201D He stayed.");
  ASSERT_EQ(passage.sentences().size(), 3U);
  EXPECT_EQ(passage.sentences()[0].identity, passage.sentences()[1].identity);
  EXPECT_NE(passage.sentences()[0].identity, passage.sentences()[2].identity);
}

TEST(Passage, SeesPersonsTenseNamesAndEndings) {
  const Passage passage("She walked to the harbour with Noor, and I am sick of it");
  const Sentence& s = passage.sentences().front();
  EXPECT_EQ(passage.words(), 13U);
  EXPECT_EQ(s.words.size(), s.forms.size());
  EXPECT_EQ(s.persons[0], 1);
  EXPECT_EQ(s.persons[4], 1);
  EXPECT_EQ(s.past, 1);
  EXPECT_EQ(s.present, 1);
  EXPECT_EQ(s.names.size(), 1U);
  EXPECT_EQ(s.definite.size(), 1U);
  EXPECT_TRUE(s.opens_with_pronoun);
  EXPECT_FALSE(s.finished);
}

TEST(Passage, StemsJoinInflectionsAndTypographyChangesNothing) {
  const Passage plain("The sailor's dogs don't bark.");
  const Passage curly("The sailor\u2019s dogs don\u2019t bark.");
  EXPECT_EQ(plain.sentences()[0].words, curly.sentences()[0].words);
  const Passage past("The sailors barked.");
  EXPECT_EQ(plain.sentences()[0].stems.size(), 3U);
  EXPECT_EQ(past.sentences()[0].stems.size(), 2U);
}

RC_GTEST_PROP(Passage, AnyBytesAreCutIntoPiecesOfTheText, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const Passage passage(bytes);
  std::size_t words = 0;
  const char* last = bytes.data();
  for (const Sentence& s : passage.sentences()) {
    RC_ASSERT(s.text.data() >= last);
    last = s.text.data() + s.text.size();
    RC_ASSERT(last <= bytes.data() + bytes.size());
    RC_ASSERT(!s.words.empty());
    words += s.words.size();
  }
  RC_ASSERT(words == passage.words());
}

}  // namespace
}  // namespace redraft::reward
