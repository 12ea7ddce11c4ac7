#include "redraft/text/diversity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace redraft::text {
namespace {

using Texts = std::vector<std::string>;

TEST(DiversityTest, NoTextsAndOneText) {
  EXPECT_EQ(Measure(Texts{}).texts, 0U);
  const Diversity one = Measure(Texts{"a b a b"});
  EXPECT_DOUBLE_EQ(one.distinct1, 0.5);
  EXPECT_DOUBLE_EQ(one.distinct2, 2.0 / 3);
  EXPECT_DOUBLE_EQ(one.trigram_jaccard, 0);
  EXPECT_DOUBLE_EQ(one.self_bleu4, 0);
  EXPECT_DOUBLE_EQ(one.mean_words, 4);
}

TEST(DiversityTest, CopiesAreAllAlike) {
  const Diversity copies = Measure(Texts(4, "the mill stood dark beside the slow river"));
  EXPECT_DOUBLE_EQ(copies.trigram_jaccard, 1);
  EXPECT_DOUBLE_EQ(copies.self_bleu4, 1);
  EXPECT_DOUBLE_EQ(copies.distinct2, 7.0 / 28);
}

TEST(DiversityTest, TextsWithoutCommonWordsAreAllDifferent) {
  const Diversity apart = Measure(Texts{"one two three four five", "six seven eight nine ten"});
  EXPECT_DOUBLE_EQ(apart.distinct1, 1);
  EXPECT_DOUBLE_EQ(apart.trigram_jaccard, 0);
  EXPECT_DOUBLE_EQ(apart.self_bleu4, 0);
}

TEST(DiversityTest, MeanPairwiseJaccardByHand) {
  // {abc,bcd} {abc,bcx} {pqr}: 1/3, 0, 0.
  EXPECT_DOUBLE_EQ(Measure(Texts{"a b c d", "a b c x", "p q r"}).trigram_jaccard, 1.0 / 9);
}

TEST(DiversityTest, OnlyTheFirstWordsAreCompared) {
  std::string head;
  for (int i = 0; i < 200; ++i) head += "w" + std::to_string(i) + " ";
  EXPECT_DOUBLE_EQ(Measure(Texts{head + "one end", head + "another end of it"}).trigram_jaccard, 1);
}

TEST(Bleu4Test, ByHand) {
  // "a b c d e" against "a b c d x": precisions 4/5, 3/4, 2/3, 1/2; same length.
  const std::string_view reference[] = {"a b c d x"};
  EXPECT_NEAR(Bleu4("a b c d e", reference), std::pow(4.0 / 5 * 3 / 4 * 2 / 3 / 2, 0.25), 1e-12);
}

TEST(Bleu4Test, ClipsRepeatsAndPunishesBrevity) {
  const std::string_view reference[] = {"the cat sat on the mat today now"};
  // "the" seven times: clipped to 2 of 7; the other orders match nothing: 0.5/6, 0.5/5, 0.5/4.
  const double expected =
      std::pow(2.0 / 7 * 0.5 / 6 * 0.5 / 5 * 0.5 / 4, 0.25) * std::exp(1 - 8.0 / 7);
  EXPECT_NEAR(Bleu4("the the the the the the the", reference), expected, 1e-12);
  EXPECT_DOUBLE_EQ(Bleu4("", reference), 0);
  EXPECT_DOUBLE_EQ(Bleu4("word", {}), 0);
}

}  // namespace
}  // namespace redraft::text
