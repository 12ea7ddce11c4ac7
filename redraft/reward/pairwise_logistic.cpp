#include "redraft/reward/pairwise_logistic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace redraft::reward {
namespace {

constexpr double kTolerance = 1e-5;  // logits; predictions are reproduced to 1e-4

void AddScaled(std::vector<double>& weights, double factor, const SparseVector& vector) {
  for (std::size_t i = 0; i < vector.index.size(); ++i) {
    weights[vector.index[i]] += factor * double{vector.value[i]};
  }
}

double Sigmoid(double t) { return 1 / (1 + std::exp(-t)); }

/// The root of t + span * Sigmoid(t) = target, span >= 0: increasing in t, so that Newton steps are
/// kept inside a bracket.
double SolveDual(double span, double target, double t) {
  double low = target - span;
  double high = target;
  t = std::clamp(t, low, high);
  for (int step = 0; step < 100; ++step) {
    const double s = Sigmoid(t);
    const double excess = t + span * s - target;
    if (std::abs(excess) < 1e-12) break;
    (excess > 0 ? high : low) = t;
    double next = t - excess / (1 + span * s * (1 - s));
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (next == t) break;
    t = next;
  }
  return t;
}

}  // namespace

double Dot(std::span<const double> weights, const SparseVector& vector) {
  double sum = 0;
  for (std::size_t i = 0; i < vector.index.size(); ++i) {
    sum += weights[vector.index[i]] * double{vector.value[i]};
  }
  return sum;
}

std::vector<double> FitPairwiseLogistic(std::span<const SparseVector> vectors,
                                        std::span<const Comparison> comparisons,
                                        std::size_t dimension, double c, Rng order, int sweeps) {
  // Each comparison has a dual variable alpha = c * Sigmoid(t) in (0, c), and w = sum alpha * x
  // with x = x_better - x_worse. At the optimum t = -w.x for every comparison.
  std::vector<double> weights(dimension, 0.0);
  std::vector<double> scratch(dimension, 0.0);
  constexpr double kStart = -7;  // alpha near 0, where w = 0 is nearly right
  std::vector<double> t(comparisons.size(), kStart);
  std::vector<double> square(comparisons.size());
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const SparseVector& better = vectors[comparisons[i].better];
    const SparseVector& worse = vectors[comparisons[i].worse];
    AddScaled(scratch, 1, better);
    AddScaled(scratch, -1, worse);
    for (const std::uint32_t index : better.index) {
      square[i] += scratch[index] * scratch[index];
      scratch[index] = 0;
    }
    for (const std::uint32_t index : worse.index) {
      square[i] += scratch[index] * scratch[index];
      scratch[index] = 0;
    }
    AddScaled(weights, c * Sigmoid(kStart), better);
    AddScaled(weights, -c * Sigmoid(kStart), worse);
  }

  std::vector<std::size_t> sequence(comparisons.size());
  std::iota(sequence.begin(), sequence.end(), std::size_t{0});
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    order.Shuffle(sequence);
    double worst = 0;
    for (const std::size_t i : sequence) {
      const SparseVector& better = vectors[comparisons[i].better];
      const SparseVector& worse = vectors[comparisons[i].worse];
      const double margin = Dot(weights, better) - Dot(weights, worse);
      worst = std::max(worst, std::abs(t[i] + margin));
      const double alpha = c * Sigmoid(t[i]);
      const double next = SolveDual(c * square[i], square[i] * alpha - margin, t[i]);
      const double change = c * Sigmoid(next) - alpha;
      t[i] = next;
      AddScaled(weights, change, better);
      AddScaled(weights, -change, worse);
    }
    if (worst < kTolerance) break;
  }
  return weights;
}

}  // namespace redraft::reward
