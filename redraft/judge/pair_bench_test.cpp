#include "redraft/judge/pair_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace redraft::judge {
namespace {

BenchRow Row(const std::string& pair, Label label, std::optional<double> p_a, int words_a = 100,
             int words_b = 100) {
  BenchRow row;
  row.set = "s";
  row.pair = pair;
  row.label = label;
  row.p_a = p_a;
  row.words_a = words_a;
  row.words_b = words_b;
  return row;
}

SetResult Only(const std::vector<BenchRow>& rows) {
  const auto sets = SummarisePairs(rows, Rng(1));
  EXPECT_EQ(sets.size(), 1U);
  return sets.front();
}

TEST(PairBench, TiesOfTheJudgeAndMissingVerdictsCountHalf) {
  const SetResult set = Only({Row("1", Label::kA, 0.9), Row("2", Label::kB, 0.2),
                              Row("3", Label::kA, 0.5), Row("4", Label::kB, std::nullopt)});
  EXPECT_DOUBLE_EQ(set.all.accuracy, 0.75);
  EXPECT_EQ(set.all.rows, 4);
  EXPECT_EQ(set.all.unique, 4);
  EXPECT_EQ(set.no_verdict, 1);
}

TEST(PairBench, BothOrdersOfAPairAreOneObservation) {
  std::vector<BenchRow> once, twice;
  for (int i = 0; i < 20; ++i) {
    const double p = i < 15 ? 0.8 : 0.3;
    once.push_back(Row(std::to_string(i), Label::kA, p));
    twice.push_back(once.back());
    twice.push_back(Row(std::to_string(i), Label::kB, 1 - p));
  }
  const SetResult a = Only(once), b = Only(twice);
  EXPECT_EQ(b.all.rows, 40);
  EXPECT_EQ(b.all.unique, 20);
  EXPECT_DOUBLE_EQ(a.all.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(b.all.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(a.all.wilson.lo, b.all.wilson.lo);
  EXPECT_DOUBLE_EQ(a.ece, b.ece);
}

TEST(PairBench, APairWeighsTheSameHoweverOftenItIsListed) {
  const SetResult set = Only({Row("1", Label::kA, 0.9, 80, 120), Row("1", Label::kB, 0.1, 120, 80),
                              Row("2", Label::kA, 0.2, 120, 80)});
  EXPECT_DOUBLE_EQ(set.all.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(set.shorter_wins, 0.5);
  EXPECT_DOUBLE_EQ(set.all.wilson.lo, stats::Wilson(1, 2).lo);
}

TEST(PairBench, RowsLabelledTieHaveNoBetterText) {
  const SetResult set = Only({Row("1", Label::kA, 0.9), Row("2", Label::kTie, 0.9)});
  EXPECT_DOUBLE_EQ(set.all.accuracy, 1);
  EXPECT_EQ(set.all.rows, 2);
  EXPECT_EQ(set.all.unique, 1);
}

TEST(PairBench, LengthBalanceIsTheMeanOfBothSides) {
  // "Shorter wins" is right in three of four; the judge follows length alone.
  std::vector<BenchRow> rows;
  for (int i = 0; i < 4; ++i) {
    const bool shorter_is_better = i < 3;
    rows.push_back(Row(std::to_string(i), shorter_is_better ? Label::kA : Label::kB, 0.9, 80, 120));
  }
  const SetResult set = Only(rows);
  EXPECT_DOUBLE_EQ(set.shorter_wins, 0.75);
  EXPECT_DOUBLE_EQ(set.longer_wins, 0.25);
  EXPECT_DOUBLE_EQ(set.all.accuracy, 0.75);
  ASSERT_TRUE(set.balanced_length);
  EXPECT_DOUBLE_EQ(*set.balanced_length, 0.5);
  ASSERT_EQ(set.length_strata.size(), 2U);
  EXPECT_EQ(set.length_strata[0].name, "shorter");
  EXPECT_DOUBLE_EQ(set.length_strata[0].accuracy, 1);
  EXPECT_EQ(set.length_strata[1].name, "longer");
  EXPECT_DOUBLE_EQ(set.length_strata[1].accuracy, 0);
}

TEST(PairBench, LengthBalanceNeedsBothSides) {
  EXPECT_FALSE(Only({Row("1", Label::kA, 0.9, 80, 120)}).balanced_length);
}

TEST(PairBench, TrueProbabilitiesAreCalibratedInEitherOrder) {
  Rng rng(7);
  std::vector<BenchRow> rows, doubtful;
  for (int i = 0; i < 1500; ++i) {
    const double logit = 2 * rng.Normal();
    const double p = 1 / (1 + std::exp(-logit));
    const bool a_better = rng.Uniform() < p;
    // Always listed with the better text first, as preference files often are.
    rows.push_back(Row(std::to_string(i), Label::kA, a_better ? p : 1 - p));
    const double twice = 1 / (1 + std::exp(-2 * logit));
    doubtful.push_back(Row(std::to_string(i), Label::kA, a_better ? twice : 1 - twice));
  }
  const SetResult honest = Only(rows);
  EXPECT_LT(honest.ece, 0.035);
  ASSERT_TRUE(honest.slope);
  EXPECT_TRUE(honest.slope_interval.Contains(1));
  const SetResult overconfident = Only(doubtful);
  EXPECT_GT(overconfident.ece, 0.05);
  EXPECT_NEAR(*overconfident.slope, *honest.slope / 2, 1e-3);
  EXPECT_LT(overconfident.slope_interval.hi, 0.8);
}

TEST(PairBench, TheReliabilityCurveCountsEachRowFromBothSides) {
  const SetResult set =
      Only({Row("1", Label::kA, 0.85), Row("2", Label::kB, 0.81), Row("3", Label::kB, 0.3),
            Row("4", Label::kTie, 0.5), Row("5", Label::kA, std::nullopt)});
  const Json bins = ToJson({set})["sets"][0]["reliability"];
  ASSERT_EQ(bins.size(), 10U);
  EXPECT_EQ(bins[8]["n"], 2);
  EXPECT_DOUBLE_EQ(bins[8]["stated"], 0.83);
  EXPECT_DOUBLE_EQ(bins[8]["observed"], 0.5);
  EXPECT_EQ(bins[1]["n"], 2);
  EXPECT_DOUBLE_EQ(bins[1]["observed"], 0.5);
  EXPECT_EQ(bins[5]["n"], 2);
  EXPECT_DOUBLE_EQ(bins[5]["observed"], 0.5);
  EXPECT_EQ(bins[0]["n"], 0);
  EXPECT_TRUE(bins[0]["stated"].is_null());
  int counted = 0;
  for (const Json& bin : bins) counted += bin["n"].get<int>();
  EXPECT_EQ(counted, 8) << "a row without a verdict states nothing";
}

TEST(PairBench, AsymmetryIsTheLargestOfAnyRow) {
  std::vector<BenchRow> rows = {Row("1", Label::kA, 0.9), Row("2", Label::kB, 0.2)};
  EXPECT_FALSE(Only(rows).asymmetry);
  rows[1].asymmetry = 0.0;
  EXPECT_EQ(Only(rows).asymmetry, 0.0);
  rows[0].asymmetry = 0.25;
  EXPECT_EQ(Only(rows).asymmetry, 0.25);
  EXPECT_EQ(ToJson({Only(rows)})["sets"][0]["asymmetry"], 0.25);
}

TEST(PairBench, GroupsWidenTheInterval) {
  std::vector<BenchRow> free, grouped;
  for (int i = 0; i < 200; ++i) {
    const bool right = i / 20 % 2 == 0;  // whole groups are right or wrong
    free.push_back(Row(std::to_string(i), Label::kA, right ? 0.9 : 0.1));
    grouped.push_back(free.back());
    grouped.back().group = std::to_string(i / 20);
  }
  const auto width = [](const SetResult& set) { return set.cluster.hi - set.cluster.lo; };
  EXPECT_GT(width(Only(grouped)), 3 * width(Only(free)));
}

TEST(PairBench, SetsKeepTheirOrderAndStrataTheirNames) {
  std::vector<BenchRow> rows = {Row("1", Label::kA, 0.9), Row("2", Label::kA, 0.1)};
  rows[0].set = "z";
  rows[0].stratum = "human-AI";
  rows[1].set = "a";
  const auto sets = SummarisePairs(rows, Rng(1));
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0].all.name, "z");
  ASSERT_EQ(sets[0].strata.size(), 1U);
  EXPECT_EQ(sets[0].strata[0].name, "human-AI");
  EXPECT_TRUE(sets[1].strata.empty());
  EXPECT_DOUBLE_EQ(ToJson(sets)["macro"].get<double>(), 0.5);
  EXPECT_FALSE(sets[0].slope);  // every outcome on one side
}

}  // namespace
}  // namespace redraft::judge
