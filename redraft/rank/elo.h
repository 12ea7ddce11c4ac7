#pragma once

// Elo ratings, replayed in logged order: the same outcomes in the same order give the same bits.
// Here for fidelity with AlphaWrite; Elo depends on the order and carries no uncertainty, so
// FitBradleyTerry is what selection uses.
//
// Paper    Elo 1978; logistic curve, 400 points for odds of 10.
// Units    rating points.
// Cost     O(outcomes).
// Errors   kInvalidArgument for outcomes that CheckOutcomes refuses.

#include <vector>

#include "redraft/rank/outcome.h"

namespace redraft::rank {

struct EloOptions {
  double base = 1200;  ///< rating of an item that has not played
  double k = 32;       ///< points at stake in one comparison
};

/// Probability that an item rated `a` beats one rated `b`.
double EloExpectation(double a, double b);

/// Final rating of every item; the score of a comparison is p_a.
Result<std::vector<double>> ReplayElo(int items, const std::vector<Outcome>& outcomes,
                                      const EloOptions& options = {});

}  // namespace redraft::rank
