#include "redraft/text/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <iterator>
#include <sstream>
#include <thread>

namespace redraft::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordsTest, HyphenatedContractedAndMarkedWordsAreOneWordEach) {
  EXPECT_THAT(Words("The well-known dog's owner doesn't **care**, (and/or) \"knows\" 3.5 km."),
              ElementsAre("The", "well-known", "dog's", "owner", "doesn't", "care", "and/or",
                          "knows", "3.5", "km"));
}

TEST(WordsTest, BarePunctuationIsNoWord) {
  EXPECT_THAT(Words(" - -- *** … ... --- \" ' & ¶ \n\t"), IsEmpty());
  EXPECT_EQ(CountWords(""), 0);
}

TEST(WordsTest, DashesAndEllipsesPartWords) {
  EXPECT_THAT(Words("He stopped—then ran--fast. Wait…what? No...yes, 1914–1918."),
              ElementsAre("He", "stopped", "then", "ran", "fast", "Wait", "what", "No", "yes",
                          "1914", "1918"));
}

TEST(WordsTest, AccentsApostrophesAndCombiningMarksStayInside) {
  EXPECT_THAT(Words("L’été naïve cafe\xCC\x81 Привет, мир!"),
              ElementsAre("L’été", "naïve", "cafe\xCC\x81", "Привет", "мир"));
}

TEST(WordsTest, ScriptsWithoutSpacesAreCutByDictionary) {
  EXPECT_THAT(Words("我喜欢读书。"), ElementsAre("我", "喜欢", "读书"));
  EXPECT_EQ(CountWords("ฉันชอบอ่านหนังสือ"), 4);
}

TEST(WordsTest, BytesThatAreNotUtf8AreSymbols) {
  EXPECT_THAT(Words("a\xFF b \xC3"), ElementsAre("a", "b"));
}

TEST(WordsTest, ProseCountsAgreeWithWhiteSpaceSplitting) {
  const std::string text =
      "The ferry was late, as it was every Thursday, and Ida had stopped looking up. She counted\n"
      "coins: two for bread, one for the lamp. \"You'll miss it,\" said the boy. She didn't "
      "answer.";
  std::istringstream stream(text);
  const auto pieces = std::distance(std::istream_iterator<std::string>(stream), {});
  EXPECT_EQ(CountWords(text), pieces);
}

RC_GTEST_PROP(WordsTest, WordsAreOrderedViewsAndCountMatches, (std::string text)) {
  const auto words = Words(text);
  RC_ASSERT(CountWords(text) == static_cast<int>(words.size()));
  const char* last = text.data();
  for (const auto word : words) {
    RC_ASSERT(!word.empty());
    RC_ASSERT(word.data() >= last);
    last = word.data() + word.size();
    RC_ASSERT(last <= text.data() + text.size());
  }
}

TEST(WordsTest, FirstWordsEndsWithTheCountedWord) {
  EXPECT_EQ(FirstWords("  One two, three. Four", 3), "  One two, three");
  EXPECT_EQ(FirstWords("One two", 5), "One two");
  EXPECT_EQ(FirstWords("One two", 0), "");
}

TEST(SentencesTest, AbbreviationsAndSpeechTagsDoNotCut) {
  EXPECT_THAT(
      Sentences("Mr. Hale waited. \"Why?\" she asked. He said nothing!  Then… rain."),
      ElementsAre("Mr. Hale waited.", "\"Why?\" she asked.", "He said nothing!", "Then… rain."));
}

TEST(SentencesTest, LineBreaksAreSpacesAndEmptyLinesCut) {
  EXPECT_THAT(Sentences("The rain\nkept on.\n\nA heading\n \nNext one."),
              ElementsAre("The rain\nkept on.", "A heading", "Next one."));
}

TEST(SentencesTest, ClosingQuotesBelongToTheSentence) {
  EXPECT_THAT(Sentences("“Go home.” He did not."), ElementsAre("“Go home.”", "He did not."));
}

RC_GTEST_PROP(SentencesTest, NoWordIsLost, (const std::string& text)) {
  const std::string_view whole = text;
  std::size_t end = 0;
  for (const auto sentence : Sentences(whole)) {
    const auto begin = static_cast<std::size_t>(sentence.data() - whole.data());
    RC_ASSERT(begin >= end);
    RC_ASSERT(CountWords(whole.substr(end, begin - end)) == 0);
    end = begin + sentence.size();
  }
  RC_ASSERT(CountWords(whole.substr(end)) == 0);
}

TEST(ParagraphsTest, AreSeparatedByEmptyLines) {
  EXPECT_THAT(Paragraphs("\n\n a\nb \n \t\n\n\nc\r\n\r\nd"), ElementsAre("a\nb", "c", "d"));
  EXPECT_THAT(Paragraphs(" \n\n "), IsEmpty());
}

TEST(NormaliseTest, DropsCasePunctuationAndSpacing) {
  EXPECT_EQ(Normalise("  “Don’t—STOP”,\n he  Said: Ärger. "), "don't stop he said ärger");
  EXPECT_EQ(Normalise("***"), "");
}

TEST(WordsTest, IteratorsMayBeUsedFromManyThreads) {
  const std::string text = "One here. 我喜欢读书。 Two there.";
  const auto expected = Sentences(text).size();
  std::vector<std::thread> threads;
  std::vector<std::size_t> counts(4);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 50; ++k) counts[i] = Sentences(text).size();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(counts, ::testing::Each(expected));
}

}  // namespace
}  // namespace redraft::text
