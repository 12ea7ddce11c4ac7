#pragma once

// What each signal is worth in a comparison: one small logistic model per relation of the two
// texts.
//
// Paper    Bradley-Terry regression with a Gaussian prior on the weights (MAP) and the constraint
// that
//          no weight is negative, because every signal is better when higher. The prior speaks
//          where the data is silent: a fault that was never trained on still counts as a fault.
// Cost     Sweeps (at most some hundreds) x rows x signals.
// Threads  Pure functions.

#include <span>

#include "redraft/reward/experts.h"

namespace redraft::reward {

using Head = std::array<double, kSignals>;

/// Signals of the better text minus those of the worse one.
struct Lesson {
  Signals difference{};
  double weight = 1;
};

/// Minimises strength / 2 * |head - prior|^2 + sum of weight * ln(1 + exp(-head . difference)),
/// head >= 0.
Head FitHead(std::span<const Lesson> lessons, const Head& prior, double strength);

/// The dot product, in the order of the signals.
double Weigh(const Head& head, const Signals& signals);

}  // namespace redraft::reward
