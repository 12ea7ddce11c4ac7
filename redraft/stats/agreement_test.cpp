#include "redraft/stats/agreement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace redraft::stats {
namespace {

TEST(CohenKappa, ReproducesTheGrantProposalExample) {
  // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: κ = 0.4.
  std::vector<int> first, second;
  const auto add = [&](int count, int x, int y) {
    first.insert(first.end(), static_cast<std::size_t>(count), x);
    second.insert(second.end(), static_cast<std::size_t>(count), y);
  };
  add(20, 1, 1);
  add(5, 1, 0);
  add(10, 0, 1);
  add(15, 0, 0);
  EXPECT_NEAR(CohenKappa(first, second), 0.4, 1e-12);
}

TEST(CohenKappa, IsOneForAgreementMinusOneForReversalAndUndefinedForOneLabel) {
  EXPECT_NEAR(CohenKappa({0, 1, 0, 1}, {0, 1, 0, 1}), 1, 1e-12);
  EXPECT_NEAR(CohenKappa({0, 1, 0, 1}, {1, 0, 1, 0}), -1, 1e-12);
  EXPECT_TRUE(std::isnan(CohenKappa({2, 2, 2}, {2, 2, 2})));
  EXPECT_TRUE(std::isnan(CohenKappa({}, {})));
}

TEST(FleissKappa, ReproducesFleissTable) {
  const std::vector<std::vector<int>> counts = {
      {0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0}, {2, 2, 8, 1, 1},
      {7, 7, 0, 0, 0},  {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0}, {0, 2, 2, 3, 7}};
  EXPECT_NEAR(FleissKappa(counts), 0.210, 0.0005);
}

TEST(KrippendorffAlpha, ReproducesTheThreeCoderExampleWithMissingValues) {
  const std::vector<std::vector<double>> ratings = {{1},       {},        {2, 2}, {1, 1}, {3, 3},
                                                    {3, 3, 4}, {4, 4, 4}, {1, 3}, {2, 2}, {1, 1},
                                                    {1, 1},    {3, 3},    {3, 3}, {},     {3, 4}};
  EXPECT_NEAR(KrippendorffAlpha(ratings, Distance::kNominal), 0.691, 0.0005);
  EXPECT_NEAR(KrippendorffAlpha(ratings, Distance::kInterval), 0.811, 0.0005);
}

TEST(KrippendorffAlpha, CountsNoItemThatOnlyOneRaterSaw) {
  const std::vector<std::vector<double>> pairs = {{0, 0}, {1, 1}, {0, 1}};
  auto with_singles = pairs;
  for (int i = 0; i < 50; ++i) with_singles.push_back({1});
  EXPECT_DOUBLE_EQ(KrippendorffAlpha(pairs, Distance::kNominal),
                   KrippendorffAlpha(with_singles, Distance::kNominal));
  EXPECT_TRUE(std::isnan(KrippendorffAlpha({{1}, {0}}, Distance::kNominal)));
}

TEST(KrippendorffAlpha, MatchesTheCoincidenceMatrixTwin) {
  // Slow twin: two raters, no missing values: α = 1 − (n − 1) o₀₁ / (n₀ n₁).
  const std::vector<std::vector<double>> ratings = {{0, 0}, {1, 1}, {0, 1}, {0, 0}, {0, 0},
                                                    {0, 0}, {0, 0}, {0, 0}, {1, 0}, {0, 0}};
  EXPECT_NEAR(KrippendorffAlpha(ratings, Distance::kNominal), 1 - 19.0 * 2 / (16 * 4), 1e-12);
}

}  // namespace
}  // namespace redraft::stats
