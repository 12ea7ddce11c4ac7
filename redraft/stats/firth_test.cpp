#include "redraft/stats/firth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "redraft/base/random.h"

namespace redraft::stats {
namespace {

using ::testing::DoubleNear;

/// Slow and obvious: one covariate, the penalised likelihood on a fine grid.
Effect Grid(const std::vector<double>& x, const std::vector<bool>& y) {
  const auto penalised = [&](double beta) {
    double sum = 0, information = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double p = 1 / (1 + std::exp(-beta * x[i]));
      sum += std::log(y[i] ? p : 1 - p);
      information += p * (1 - p) * x[i] * x[i];
    }
    return sum + std::log(information) / 2;
  };
  constexpr double kStep = 1e-3, kFrom = -15, kTo = 15;
  double best = -1e300, at = 0;
  for (double beta = kFrom; beta <= kTo; beta += kStep) {
    if (penalised(beta) > best) best = penalised(at = beta);
  }
  Effect effect{at, at, at};
  while (best - penalised(effect.lo) < 1.9207) effect.lo -= kStep;
  while (best - penalised(effect.hi) < 1.9207) effect.hi += kStep;
  return effect;
}

std::vector<std::vector<double>> Rows(const std::vector<double>& x) {
  std::vector<std::vector<double>> rows;
  for (const double value : x) rows.push_back({value});
  return rows;
}

TEST(FirthEffect, AgreesWithAGridOverThePenalisedLikelihood) {
  Rng rng(3);
  for (int round = 0; round < 5; ++round) {
    std::vector<double> x;
    std::vector<bool> y;
    for (int i = 0; i < 30; ++i) {
      x.push_back(rng.Normal());
      y.push_back(rng.Uniform() < 1 / (1 + std::exp(-0.8 * x.back())));
    }
    const auto effect = FirthEffect(Rows(x), y);
    const Effect grid = Grid(x, y);
    ASSERT_TRUE(effect);
    EXPECT_THAT(effect->value, DoubleNear(grid.value, 2e-3));
    EXPECT_THAT(effect->lo, DoubleNear(grid.lo, 2e-3));
    EXPECT_THAT(effect->hi, DoubleNear(grid.hi, 2e-3));
  }
}

TEST(FirthEffect, IsFiniteAndAboveZeroWhereTheCovariateSeparatesTheOutcomes) {
  std::vector<double> x;
  std::vector<bool> y;
  for (int i = 1; i <= 20; ++i) {
    x.push_back(i % 2 == 0 ? i : -i);
    y.push_back(i % 2 == 0);
  }
  const auto effect = FirthEffect(Rows(x), y);
  ASSERT_TRUE(effect);
  EXPECT_GT(effect->lo, 0);
  EXPECT_LT(effect->hi, 1e3);
}

TEST(FirthEffect, DoesNotDependOnWhichSideIsCalledFirst) {
  Rng rng(5);
  std::vector<std::vector<double>> rows, turned;
  std::vector<bool> y, turned_y;
  for (int i = 0; i < 40; ++i) {
    rows.push_back({rng.Normal(), rng.Normal()});
    y.push_back(rng.Uniform() < 0.5 + 0.2 * std::tanh(rows.back()[0]));
    const bool turn = rng.Uniform() < 0.5;
    turned.push_back(turn ? std::vector<double>{-rows.back()[0], -rows.back()[1]} : rows.back());
    turned_y.push_back(turn ? !y.back() : y.back());
  }
  const auto effect = FirthEffect(rows, y), again = FirthEffect(turned, turned_y);
  EXPECT_THAT(again->value, DoubleNear(effect->value, 1e-6));
  EXPECT_THAT(again->lo, DoubleNear(effect->lo, 1e-6));
}

TEST(FirthEffect, SaysNothingOfACovariateThatTheOthersDetermine) {
  std::vector<std::vector<double>> rows;
  std::vector<bool> y;
  for (int i = 0; i < 20; ++i) {
    const double length = i % 3 - 1.0;
    rows.push_back({-2 * length, length, 0});
    y.push_back(i % 2 == 0);
  }
  EXPECT_FALSE(FirthEffect(rows, y));
  EXPECT_FALSE(FirthEffect({{0.0}, {0.0}}, {true, false}));
  EXPECT_FALSE(FirthEffect({}, {}));
}

TEST(FirthEffect, LeavesRedundantControlsAside) {
  Rng rng(8);
  std::vector<std::vector<double>> once, twice;
  std::vector<bool> y;
  for (int i = 0; i < 40; ++i) {
    const double x = rng.Normal(), c = rng.Normal();
    once.push_back({x, c});
    twice.push_back({x, c, 3 * c, 0});
    y.push_back(rng.Uniform() < 1 / (1 + std::exp(-x - c)));
  }
  EXPECT_THAT(FirthEffect(twice, y)->value, DoubleNear(FirthEffect(once, y)->value, 1e-6));
}

TEST(FirthEffect, CoversTheTruthAboutAsOftenAsItSays) {
  int covered = 0;
  constexpr int kTrials = 400;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rng rng(static_cast<std::uint64_t>(trial) + 100);
    std::vector<std::vector<double>> rows;
    std::vector<bool> y;
    for (int i = 0; i < 60; ++i) {
      const double control = rng.Normal(), x = 0.5 * control + rng.Normal();
      rows.push_back({x, control});
      y.push_back(rng.Uniform() < 1 / (1 + std::exp(-0.7 * x + 0.5 * control)));
    }
    const auto effect = FirthEffect(rows, y);
    covered += effect->lo <= 0.7 && 0.7 <= effect->hi ? 1 : 0;
  }
  EXPECT_GE(covered, 0.92 * kTrials);
  EXPECT_LE(covered, 0.98 * kTrials);
}

}  // namespace
}  // namespace redraft::stats
