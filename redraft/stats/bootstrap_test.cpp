#include "redraft/stats/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace redraft::stats {
namespace {

/// The mean of `values` over the drawn rows.
Statistic MeanOf(const std::vector<double>& values) {
  return [&values](const std::vector<std::size_t>& rows) {
    double sum = 0;
    for (const std::size_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
}

TEST(PercentileInterval, InterpolatesOrderStatisticsAndIgnoresNaN) {
  const Interval interval =
      PercentileInterval({4, 0, 2, 1, 3, std::numeric_limits<double>::quiet_NaN()}, 0.5);
  EXPECT_DOUBLE_EQ(interval.lo, 1);
  EXPECT_DOUBLE_EQ(interval.hi, 3);
  EXPECT_DOUBLE_EQ(PercentileInterval({0, 1}, 0.5).lo, 0.25);
  EXPECT_TRUE(std::isinf(PercentileInterval({}).lo));
}

TEST(Bootstrap, AgreesWithTheNormalIntervalOfAMean) {
  Rng rng(1);
  std::vector<double> values(400);
  for (double& value : values) value = rng.Normal();
  const Interval boot = Bootstrap(values.size(), MeanOf(values), 2000, Rng(2));
  const Interval normal = MeanInterval(values);
  EXPECT_NEAR(boot.lo, normal.lo, 0.015);
  EXPECT_NEAR(boot.hi, normal.hi, 0.015);
}

TEST(Bootstrap, IsDeterministicInItsSeed) {
  const std::vector<double> values = {1, 5, 2, 8, 3};
  EXPECT_EQ(Bootstrap(5, MeanOf(values), 200, Rng(3)).lo,
            Bootstrap(5, MeanOf(values), 200, Rng(3)).lo);
  EXPECT_NE(Bootstrap(5, MeanOf(values), 200, Rng(3)).lo,
            Bootstrap(5, MeanOf(values), 200, Rng(4)).lo);
}

TEST(Bootstrap, OfNothingIsUnbounded) {
  EXPECT_TRUE(std::isinf(Bootstrap(0, MeanOf({}), 10, Rng(1)).hi));
}

TEST(ClusterBootstrap, KeepsNominalCoverageWhereTheNaiveOneDoesNot) {
  // 20 raters with an opinion each, 10 answers that mostly repeat it; the true mean is 0.
  int naive_covers = 0, cluster_covers = 0;
  constexpr int kTrials = 200;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rng rng = Rng(7).Fork(std::to_string(trial));
    std::vector<double> values;
    std::vector<int> rater_of;
    for (int rater = 0; rater < 20; ++rater) {
      const double opinion = rng.Normal();
      for (int answer = 0; answer < 10; ++answer) {
        values.push_back(opinion + 0.5 * rng.Normal());
        rater_of.push_back(rater);
      }
    }
    naive_covers += Bootstrap(values.size(), MeanOf(values), 200, rng.Fork("naive")).Contains(0);
    cluster_covers +=
        ClusterBootstrap(rater_of, MeanOf(values), 200, rng.Fork("cluster")).Contains(0);
  }
  EXPECT_LT(naive_covers, 0.7 * kTrials);
  EXPECT_GE(cluster_covers, 0.87 * kTrials);  // percentile intervals of 20 clusters run short
}

TEST(ClusterBootstrap, DrawsWholeClusters) {
  const std::vector<int> cluster_of = {9, 4, 9, 4, 9};
  const Statistic whole = [](const std::vector<std::size_t>& rows) {
    int nines = 0, fours = 0;
    for (const std::size_t row : rows) (row % 2 == 0 ? nines : fours) += 1;
    EXPECT_EQ(nines % 3, 0);
    EXPECT_EQ(fours % 2, 0);
    return static_cast<double>(nines);
  };
  const Interval drawn = ClusterBootstrap(cluster_of, whole, 100, Rng(5));
  EXPECT_EQ(drawn.lo, 0);
  EXPECT_EQ(drawn.hi, 6);
}

}  // namespace
}  // namespace redraft::stats
