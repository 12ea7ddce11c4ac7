#include "redraft/stats/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "redraft/base/random.h"

namespace redraft::stats {
namespace {

TEST(CalibrationError, MatchesAHandComputedExample) {
  // [0, .5): stated .25 on average, happened .5; [.5, 1]: stated .9, happened 1, twice as many.
  const auto bins = CalibrationBins({.2, .3, .8, .9, .9, 1.0}, {0, 1, 1, 1, 1, 1}, 2);
  EXPECT_EQ(bins[0].count, 2);
  EXPECT_EQ(bins[1].count, 4);
  EXPECT_NEAR(bins[0].stated, .25, 1e-12);
  EXPECT_NEAR(CalibrationError(bins), (2 * .25 + 4 * .1) / 6, 1e-12);
}

TEST(CalibrationError, IsSmallForAnHonestForecasterAndLargeForAnOverconfidentOne) {
  Rng rng(11);
  std::vector<double> honest, overconfident, happened;
  for (int i = 0; i < 20000; ++i) {
    const double p = rng.Uniform();
    honest.push_back(p);
    overconfident.push_back(p > 0.5 ? 1 : 0);
    happened.push_back(rng.Uniform() < p ? 1 : 0);
  }
  EXPECT_LT(CalibrationError(CalibrationBins(honest, happened)), 0.02);
  EXPECT_NEAR(CalibrationError(CalibrationBins(overconfident, happened)), 0.25, 0.02);
  EXPECT_NEAR(BrierScore(honest, happened), 1.0 / 6, 0.005);
}

TEST(ReliabilitySlope, IsOneForAnHonestForecasterAndBelowForAnOverconfidentOne) {
  Rng rng(5);
  std::vector<double> honest, overconfident;
  for (int i = 0; i < 20000; ++i) {
    const double logit = 2 * rng.Normal();
    const double side = rng.Uniform() < 1 / (1 + std::exp(-logit)) ? 1 : -1;
    honest.push_back(side * logit);
    overconfident.push_back(2 * side * logit);
  }
  EXPECT_NEAR(ReliabilitySlope(honest), 1, 0.05);
  EXPECT_NEAR(ReliabilitySlope(overconfident), 0.5, 0.03);
  EXPECT_NEAR(ReliabilitySlope(honest, std::vector<double>(honest.size(), 3)),
              ReliabilitySlope(honest), 1e-9);
  EXPECT_TRUE(std::isnan(ReliabilitySlope({1, 2})));
  EXPECT_TRUE(std::isnan(ReliabilitySlope({})));
}

TEST(Calibration, OfNothingIsZero) {
  EXPECT_EQ(CalibrationError(CalibrationBins({}, {})), 0);
  EXPECT_EQ(BrierScore({}, {}), 0);
  EXPECT_EQ(BrierScore({.5, .5}, {0, 1}), 0.25);
}

}  // namespace
}  // namespace redraft::stats
