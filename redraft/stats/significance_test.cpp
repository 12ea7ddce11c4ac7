#include "redraft/stats/significance.h"

#include <gtest/gtest.h>

#include "redraft/base/random.h"

namespace redraft::stats {
namespace {

TEST(SignTest, SumsTheBinomialTail) {
  EXPECT_NEAR(SignTest(8, 2), 2 * (45 + 10 + 1) / 1024.0, 1e-12);
  EXPECT_NEAR(SignTest(2, 8), SignTest(8, 2), 1e-15);
  EXPECT_EQ(SignTest(5, 5), 1);
  EXPECT_EQ(SignTest(0, 0), 1);
}

TEST(SignTest, RejectsAFairCoinAtMostAsOftenAsItSays) {
  Rng rng(3);
  int rejected = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    int wins = 0;
    for (int flip = 0; flip < 100; ++flip) wins += rng.Below(2) == 1;
    rejected += SignTest(wins, 100 - wins) < 0.05;
  }
  EXPECT_LE(rejected, 0.05 * kTrials);
  EXPECT_GE(rejected, 0.02 * kTrials);  // discrete, so below the nominal level, but not by much
}

TEST(PairedTTest, MatchesAHandComputedExample) {
  // Mean 2, s = 1, t = 2√3 with two degrees of freedom: p = 1 − t/√(2 + t²).
  EXPECT_NEAR(PairedTTest({1, 2, 3}), 1 - std::sqrt(12.0 / 14), 1e-12);
  EXPECT_EQ(PairedTTest({}), 1);
  EXPECT_EQ(PairedTTest({0, 0}), 1);
  EXPECT_EQ(PairedTTest({2, 2}), 0);
}

TEST(PairedTTest, RejectsTheNullAsOftenAsItSays) {
  Rng rng(5);
  int rejected = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> differences(12);
    for (double& difference : differences) difference = rng.Normal();
    rejected += PairedTTest(differences) < 0.05;
  }
  EXPECT_NEAR(rejected, 0.05 * kTrials, 4 * std::sqrt(0.05 * 0.95 * kTrials));
}

TEST(TrialsForPower, ReproducesThePowerTable) {
  EXPECT_EQ(TrialsForPower(.56), 543);
  EXPECT_EQ(TrialsForPower(.60), 194);
  EXPECT_EQ(TrialsForPower(.62), 134);
  EXPECT_EQ(TrialsForPower(.66), 75);
  EXPECT_EQ(TrialsForPower(.72), 39);
  EXPECT_EQ(TrialsForPower(.28), 39);
}

TEST(PowerOfTrials, InvertsTrialsForPower) {
  EXPECT_GE(PowerOfTrials(.60, 194), 0.8);
  EXPECT_LT(PowerOfTrials(.60, 193), 0.8);
  EXPECT_NEAR(PowerOfTrials(.5, 100), 0.05, 1e-9);
  EXPECT_LT(PowerOfTrials(.56, 120), 0.3);  // what the article's third arm could have seen
}

}  // namespace
}  // namespace redraft::stats
