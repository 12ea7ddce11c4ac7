#include "redraft/stats/intervals.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace redraft::stats {
namespace {

TEST(Wilson, ReproducesTheArticlesIntervals) {
  const auto expect = [](double successes, double trials, double lo, double hi) {
    const Interval interval = Wilson(successes, trials);
    EXPECT_NEAR(interval.lo, lo, 0.0005) << successes << "/" << trials;
    EXPECT_NEAR(interval.hi, hi, 0.0005) << successes << "/" << trials;
  };
  expect(86, 120, .630, .790);
  expect(74, 120, .527, .699);
  expect(67, 120, .469, .644);
  expect(15, 23, .449, .812);
}

TEST(Wilson, SaysNothingWithoutTrialsAndReachesTheEndsExactly) {
  EXPECT_EQ(Wilson(0, 0).lo, 0);
  EXPECT_EQ(Wilson(0, 0).hi, 1);
  EXPECT_EQ(Wilson(0, 10).lo, 0);
  EXPECT_NEAR(Wilson(0, 10).hi, 0.2775, 0.0001);
  EXPECT_EQ(Wilson(10, 10).hi, 1);
}

TEST(Wilson, EndsSolveTheScoreEquation) {
  // Slow twin: by definition |p̂ − p| = z √(p(1−p)/n) at both ends.
  const double z = NormalQuantile(0.9);
  for (const double successes : {1.0, 7.5, 30.0, 39.0}) {
    const Interval interval = Wilson(successes, 40, 0.9);
    for (const double p : {interval.lo, interval.hi}) {
      EXPECT_NEAR(std::abs(successes / 40 - p), z * std::sqrt(p * (1 - p) / 40), 1e-12);
    }
  }
}

TEST(ClopperPearson, EndsLeaveHalfOfAlphaInEachTail) {
  // Slow twin: sum the binomial tail at each end.
  const auto tail = [](int from, int to, int trials, double p) {
    double sum = 0;
    for (int k = from; k <= to; ++k) {
      sum += std::exp(std::lgamma(trials + 1) - std::lgamma(k + 1) - std::lgamma(trials - k + 1) +
                      k * std::log(p) + (trials - k) * std::log1p(-p));
    }
    return sum;
  };
  const Interval interval = ClopperPearson(7, 20);
  EXPECT_NEAR(tail(7, 20, 20, interval.lo), 0.025, 1e-9);
  EXPECT_NEAR(tail(0, 7, 20, interval.hi), 0.025, 1e-9);
}

TEST(ClopperPearson, FitsTheArticlesThirdInterval) {
  const Interval interval = ClopperPearson(67, 120);
  EXPECT_NEAR(interval.lo, .465, 0.0005);
  EXPECT_NEAR(interval.hi, .649, 0.0005);
}

RC_GTEST_PROP(ProportionIntervals, ContainTheEstimateAndExactIsWider, ()) {
  const int trials = *rc::gen::inRange(1, 500);
  const int successes = *rc::gen::inRange(0, trials + 1);
  const Interval wilson = Wilson(successes, trials), exact = ClopperPearson(successes, trials);
  const double p = static_cast<double>(successes) / trials;
  RC_ASSERT(wilson.Contains(p) && exact.Contains(p));
  RC_ASSERT(exact.hi - exact.lo > wilson.hi - wilson.lo - 0.02);
  const Interval mirrored = Wilson(trials - successes, trials);
  RC_ASSERT(std::abs(mirrored.lo - (1 - wilson.hi)) < 1e-12);
}

TEST(MeanInterval, MatchesAHandComputedExample) {
  // Mean 3, s = 1.58114, t(4, .975) = 2.77645.
  const Interval interval = MeanInterval({1, 2, 3, 4, 5});
  EXPECT_NEAR(interval.lo, 1.03676, 1e-5);
  EXPECT_NEAR(interval.hi, 4.96324, 1e-5);
  EXPECT_TRUE(std::isinf(MeanInterval({1}).hi));
}

TEST(IntervalsDeathTest, MoreSuccessesThanTrialsIsAContractViolation) {
  EXPECT_DEATH(Wilson(3, 2), "successes");
}

}  // namespace
}  // namespace redraft::stats
