#include "redraft/stats/correlation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace redraft::stats {
namespace {

/// τ-b straight from its definition.
double SlowKendall(const std::vector<double>& x, const std::vector<double>& y) {
  double same = 0, x_pairs = 0, y_pairs = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double dx = (x[i] > x[j]) - (x[i] < x[j]), dy = (y[i] > y[j]) - (y[i] < y[j]);
      same += dx * dy;
      x_pairs += dx * dx;
      y_pairs += dy * dy;
    }
  }
  return same / std::sqrt(x_pairs * y_pairs);
}

RC_GTEST_PROP(KendallTau, MatchesItsDefinitionWithTies, ()) {
  const auto pairs = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange(0, 6)));
  std::vector<double> x, y;
  for (const auto& [a, b] : pairs) {
    x.push_back(a);
    y.push_back(b);
  }
  const double slow = SlowKendall(x, y), fast = KendallTau(x, y);
  RC_ASSERT(std::isnan(slow) == std::isnan(fast));
  if (!std::isnan(slow)) RC_ASSERT(std::abs(slow - fast) < 1e-12);
}

TEST(KendallTau, IsOneForTheSameOrderAndMinusOneForTheReverse) {
  EXPECT_NEAR(KendallTau({1, 2, 3, 4}, {10, 20, 30, 40}), 1, 1e-12);
  EXPECT_NEAR(KendallTau({1, 2, 3, 4}, {4, 3, 2, 1}), -1, 1e-12);
  EXPECT_TRUE(std::isnan(KendallTau({}, {})));
}

TEST(Spearman, ReproducesTheIqAndTelevisionExample) {
  // Hours of television against intelligence: ρ = −29/165.
  EXPECT_NEAR(Spearman({106, 100, 86, 101, 99, 103, 97, 113, 112, 110},
                       {7, 27, 2, 50, 28, 29, 20, 12, 6, 17}),
              -29.0 / 165, 1e-12);
}

TEST(Spearman, UsesMidRanksForTies) {
  EXPECT_EQ(MidRanks({5, 1, 5, 9}), (std::vector<double>{2.5, 1, 2.5, 4}));
  // Ranks (1, 2.5, 2.5, 4) and (1, 3, 2, 4): 4.5 / √(4.5 · 5).
  EXPECT_NEAR(Spearman({1, 2, 2, 3}, {1, 3, 2, 4}), 4.5 / std::sqrt(4.5 * 5), 1e-12);
  EXPECT_TRUE(std::isnan(Spearman({1, 1, 1}, {1, 2, 3})));
}

}  // namespace
}  // namespace redraft::stats
