#include "redraft/reward/pairwise_logistic.h"

#include <gtest/gtest.h>

#include <cmath>

namespace redraft::reward {
namespace {

constexpr std::size_t kDimension = 12;
constexpr double kC = 10;

struct Problem {
  std::vector<SparseVector> vectors;
  std::vector<Comparison> comparisons;
};

/// Random sparse vectors, compared at random: not separable.
Problem RandomProblem(std::uint64_t seed) {
  Rng rng(seed);
  Problem problem;
  for (int i = 0; i < 30; ++i) {
    SparseVector vector;
    for (std::uint32_t d = 0; d < kDimension; ++d) {
      if (rng.Below(3) == 0) continue;
      vector.index.push_back(d);
      vector.value.push_back(static_cast<float>(rng.Normal()));
    }
    problem.vectors.push_back(std::move(vector));
  }
  for (int i = 0; i < 80; ++i) problem.comparisons.push_back({rng.Below(30), rng.Below(30)});
  return problem;
}

double Objective(const Problem& problem, const std::vector<double>& w) {
  double sum = 0;
  for (const double x : w) sum += x * x / 2;
  for (const auto [better, worse] : problem.comparisons) {
    const double z = Dot(w, problem.vectors[better]) - Dot(w, problem.vectors[worse]);
    sum += kC * std::log1p(std::exp(-z));
  }
  return sum;
}

std::vector<double> Solve(const Problem& problem, std::uint64_t order = 1) {
  return FitPairwiseLogistic(problem.vectors, problem.comparisons, kDimension, kC, Rng(order));
}

TEST(PairwiseLogistic, TheGradientOfTheObjectiveVanishesAtTheSolution) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Problem problem = RandomProblem(seed);
    const auto w = Solve(problem);
    for (std::size_t d = 0; d < kDimension; ++d) {
      auto up = w, down = w;
      up[d] += 1e-4;
      down[d] -= 1e-4;
      const double slope = (Objective(problem, up) - Objective(problem, down)) / 2e-4;
      EXPECT_NEAR(slope, 0, 1e-2) << "seed " << seed << " dimension " << d;  // of slopes near 100
    }
  }
}

TEST(PairwiseLogistic, PlainGradientDescentFindsTheSameWeights) {
  const Problem problem = RandomProblem(7);
  std::vector<double> w(kDimension, 0.0);
  for (int step = 0; step < 20000; ++step) {
    std::vector<double> gradient = w;
    for (const auto [better, worse] : problem.comparisons) {
      const double z = Dot(w, problem.vectors[better]) - Dot(w, problem.vectors[worse]);
      const double pull = kC / (1 + std::exp(z));
      const auto subtract = [&](const SparseVector& v, double factor) {
        for (std::size_t i = 0; i < v.index.size(); ++i) {
          gradient[v.index[i]] -= factor * double{v.value[i]};
        }
      };
      subtract(problem.vectors[better], pull);
      subtract(problem.vectors[worse], -pull);
    }
    for (std::size_t d = 0; d < kDimension; ++d) w[d] -= 5e-4 * gradient[d];
  }
  const auto fitted = Solve(problem);
  for (std::size_t d = 0; d < kDimension; ++d) EXPECT_NEAR(fitted[d], w[d], 1e-4);
}

TEST(PairwiseLogistic, OneSeparableComparisonHasTheKnownSolution) {
  // w minimises w^2/2 + C ln(1 + e^-w): w = C / (1 + e^w).
  const Problem problem{{{{0}, {1.0F}}, {{}, {}}}, {{0, 1}}};
  const double w = Solve(problem)[0];
  EXPECT_NEAR(w, kC / (1 + std::exp(w)), 1e-4);
}

TEST(PairwiseLogistic, SwappingEveryComparisonNegatesTheWeights) {
  Problem problem = RandomProblem(3);
  const auto w = Solve(problem);
  for (auto& [better, worse] : problem.comparisons) std::swap(better, worse);
  const auto swapped = Solve(problem);
  for (std::size_t d = 0; d < kDimension; ++d) EXPECT_NEAR(swapped[d], -w[d], 1e-12);
}

TEST(PairwiseLogistic, TheOrderOfUpdatesDoesNotMatterButIsReproducible) {
  const Problem problem = RandomProblem(5);
  const auto w = Solve(problem, 1);
  EXPECT_EQ(w, Solve(problem, 1));
  const auto other = Solve(problem, 2);
  for (std::size_t d = 0; d < kDimension; ++d) EXPECT_NEAR(other[d], w[d], 1e-4);
}

}  // namespace
}  // namespace redraft::reward
