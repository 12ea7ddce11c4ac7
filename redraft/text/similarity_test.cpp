#include "redraft/text/similarity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "redraft/text/ngrams.h"

namespace redraft::text {
namespace {

TEST(NGramsTest, CountsRunsAndIgnoresCaseAndPunctuation) {
  EXPECT_EQ(WordHashes("The dog, the Dog!").size(), 4U);
  EXPECT_EQ(WordHashes("The dog")[0], WordHashes("the, dog")[0]);
  const auto words = WordHashes("a b a b");
  const auto pairs = NGrams(words, 2);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0], pairs[2]);
  EXPECT_NE(pairs[0], pairs[1]);
  EXPECT_TRUE(NGrams(words, 5).empty());
  EXPECT_TRUE(NGrams(words, 0).empty());
}

TEST(NGramsTest, ShortTextsAreOneShingleAndEmptyOnesNone) {
  EXPECT_EQ(Shingles("one two", 3).size(), 1U);
  EXPECT_EQ(Shingles("a b a b a b", 2).size(), 2U);
  EXPECT_TRUE(Shingles("...", 3).empty());
}

TEST(SimilarityTest, JaccardAndContainmentOfKnownSets) {
  const std::vector<std::uint64_t> a = {1, 2, 3, 4}, b = {3, 4, 5}, none;
  EXPECT_DOUBLE_EQ(Jaccard(a, b), 2.0 / 5);
  EXPECT_DOUBLE_EQ(Containment(a, b), 0.5);
  EXPECT_DOUBLE_EQ(Containment(b, a), 2.0 / 3);
  EXPECT_DOUBLE_EQ(Jaccard(none, none), 0);
  EXPECT_DOUBLE_EQ(Containment(none, a), 0);
}

TEST(SimilarityTest, TrigramJaccardCountsSharedTrigrams) {
  // Trigrams: abc bcd cde | abc bcd cdx -> 2 of 4.
  EXPECT_DOUBLE_EQ(TrigramJaccard("a b c d e", "A b, c d x."), 0.5);
  EXPECT_DOUBLE_EQ(TrigramJaccard("same words here", "Same words, here!"), 1.0);
  EXPECT_DOUBLE_EQ(TrigramJaccard("", ""), 0.0);
}

TEST(SimilarityTest, UnigramF1CountsAWordAsOftenAsBothHaveIt) {
  // Shared: the, the, mill = 3 of 5 and 4 words: precision 3/5, recall 3/4.
  EXPECT_DOUBLE_EQ(UnigramF1("The old mill, the river", "the mill the weir"),
                   2 * 0.6 * 0.75 / (0.6 + 0.75));
  EXPECT_DOUBLE_EQ(UnigramF1("the the the", "the"), 0.5);
  EXPECT_DOUBLE_EQ(UnigramF1("Same, words.", "words same"), 1.0);
  EXPECT_DOUBLE_EQ(UnigramF1("", "words"), 0.0);
}

TEST(NearDuplicatesTest, TellsExactFromNearAndFindsTheClosest) {
  NearDuplicates index;
  EXPECT_FALSE(index.Find("anything at all"));
  index.Add("one", "The ferry was late, as it was every Thursday, and Ida waited on the bench.");
  index.Add("two", "The ferry was late, as it was every Thursday, and Ida waited by the road.");
  index.Add("three", "A quite different text about a mill and a light in it.");
  const auto exact =
      index.Find("the ferry was late — as it was every Thursday and Ida waited on the bench");
  ASSERT_TRUE(exact);
  EXPECT_TRUE(exact->exact);
  EXPECT_EQ(exact->id, "one");
  const auto near =
      index.Find("The ferry was late, as it was every Thursday, and Ida waited by the well.");
  ASSERT_TRUE(near);
  EXPECT_FALSE(near->exact);
  EXPECT_EQ(near->id, "two");
  EXPECT_GT(near->similarity, kNearDuplicate);
  EXPECT_FALSE(index.Find("The bus was early, for once, and Ida had to run."));
  EXPECT_FALSE(index.Find("***"));
}

TEST(NearDuplicatesTest, TheFirstOfEqualTextsIsNamed) {
  NearDuplicates index;
  index.Add("first", "the same short text");
  index.Add("second", "the same short text");
  EXPECT_EQ(index.Find("The same short text.")->id, "first");
}

RC_GTEST_PROP(NearDuplicatesTest, AgreesWithComparingEveryPair, ()) {
  const auto letters = rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3));
  const auto text_of = [](const std::vector<int>& words) {
    std::string text;
    for (const int word : words) text += std::string(1, static_cast<char>('a' + word)) + " ";
    return text;
  };
  std::vector<std::string> texts;
  NearDuplicates index;
  for (int i = 0; i < 6; ++i) {
    texts.push_back(text_of(*letters));
    index.Add(std::to_string(i), texts.back());
  }
  const std::string query = text_of(*letters);
  double best = 0;
  for (const std::string& text : texts) best = std::max(best, TrigramJaccard(query, text));
  const auto match = index.Find(query);
  const bool same = std::ranges::find(texts, query) != texts.end() && !query.empty();
  RC_ASSERT(match.has_value() == (best > kNearDuplicate || same));
  if (match) RC_ASSERT(match->exact == same);
  if (match && !same) RC_ASSERT(match->similarity == best);
}

}  // namespace
}  // namespace redraft::text
