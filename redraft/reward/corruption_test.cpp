#include "redraft/reward/corruption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "redraft/reward/passage.h"

namespace redraft::reward {
namespace {

constexpr std::string_view kText =
    "My uncle kept the tide tables in the biscuit tin. When he died we found eleven years of them. "
    "Each Tuesday was underlined. Nobody in the family could say what he did on Tuesdays. My aunt "
    "burned half of them before we came. The rest I have in a drawer with the spare keys.";
constexpr std::string_view kOther =
    "The ferry left at six whether or not anyone was on it. Olga sold the tickets. She had a stamp "
    "with the wrong year. In the winter the harbour froze and she stamped library books instead.";

std::string Spoil(Corruption kind, std::uint64_t seed = 1) {
  return Corrupt(kind, kText, kOther, FillerStock::kTraining, Rng(seed));
}

std::multiset<std::uint64_t> Identities(std::string_view text) {
  std::multiset<std::uint64_t> identities;
  const Passage passage(text);
  for (const Sentence& s : passage.sentences()) identities.insert(s.identity);
  return identities;
}

std::multiset<std::uint64_t> WordsOf(std::string_view text) {
  std::multiset<std::uint64_t> words;
  const Passage passage(text);
  for (const Sentence& s : passage.sentences()) words.insert(s.words.begin(), s.words.end());
  return words;
}

std::size_t Sentences(std::string_view text) { return Passage(text).sentences().size(); }

TEST(Corruption, EachKindChangesATextAndIsAFunctionOfItsSeed) {
  for (std::size_t i = 0; i < kCorruptions; ++i) {
    const auto kind = static_cast<Corruption>(i);
    EXPECT_NE(Spoil(kind, 3), kText) << NameOf(kind);
    EXPECT_EQ(Spoil(kind, 3), Spoil(kind, 3)) << NameOf(kind);
    const auto parsed = ParseCorruption(NameOf(kind));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, kind);
  }
}

TEST(Corruption, ShufflesKeepWhatTheyShuffle) {
  EXPECT_EQ(Identities(Spoil(Corruption::kSentenceShuffle)), Identities(kText));
  EXPECT_EQ(Identities(Spoil(Corruption::kSentenceSwap)), Identities(kText));
  EXPECT_EQ(WordsOf(Spoil(Corruption::kWordShuffle)), WordsOf(kText));
}

TEST(Corruption, CutsAndInsertionsChangeTheNumberOfSentences) {
  EXPECT_EQ(Sentences(Spoil(Corruption::kHalf)), 3U);
  EXPECT_EQ(Sentences(Spoil(Corruption::kSentenceDrop)), 5U);
  EXPECT_EQ(Sentences(Spoil(Corruption::kInsertion)), 7U);
  EXPECT_EQ(Sentences(Spoil(Corruption::kSplice)), 5U);
  EXPECT_GE(Sentences(Spoil(Corruption::kFiller)), 8U);
  EXPECT_GE(Sentences(Spoil(Corruption::kRepetition)), 7U);
  EXPECT_TRUE(kText.starts_with(Spoil(Corruption::kTruncation)));
  EXPECT_THAT(Spoil(Corruption::kPromptEcho), ::testing::EndsWith(std::string(kText)));
}

TEST(Corruption, TyposTouchAboutOneWordInTen) {
  const auto words = WordsOf(kText);
  std::size_t changed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto spoilt = WordsOf(Spoil(Corruption::kTypos, seed));
    std::multiset<std::uint64_t> kept;
    std::set_intersection(words.begin(), words.end(), spoilt.begin(), spoilt.end(),
                          std::inserter(kept, kept.begin()));
    EXPECT_EQ(spoilt.size(), words.size());
    changed += words.size() - kept.size();
  }
  EXPECT_NEAR(static_cast<double>(changed) / (20.0 * static_cast<double>(words.size())), 0.1, 0.03);
}

TEST(Corruption, MeasuresWithOtherFillersThanItTrainsWith) {
  std::set<std::uint64_t> training;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const auto id : Identities(FlatFiller(4, FillerStock::kTraining, Rng(seed)))) {
      training.insert(id);
    }
  }
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const auto id : Identities(FlatFiller(4, FillerStock::kHeldOut, Rng(seed)))) {
      EXPECT_FALSE(training.contains(id));
    }
  }
}

TEST(Corruption, LeavesAloneWhatCannotBeSpoilt) {
  EXPECT_EQ(Corrupt(Corruption::kSentenceShuffle, "Rain.", kOther, FillerStock::kTraining, Rng(1)),
            "Rain.");
  EXPECT_EQ(Corrupt(Corruption::kTypos, "", kOther, FillerStock::kTraining, Rng(1)), "");
}

TEST(Corruption, UnknownNamesAreErrorsThatListTheKnownOnes) {
  const auto kind = ParseCorruption("gremlins");
  ASSERT_FALSE(kind);
  EXPECT_THAT(kind.error().message, ::testing::HasSubstr("sentence_shuffle"));
}

}  // namespace
}  // namespace redraft::reward
