#pragma once

// L2-penalised Bradley-Terry regression on sparse feature vectors: the optimiser of the trainer.
//
// Paper    Yu, Huang & Lin, "Dual coordinate descent methods for logistic regression and maximum
//          entropy models", Machine Learning 85 (2011).
// Units    Minimises |w|^2 / 2 + c * sum over comparisons of ln(1 + exp(-w.(x_better - x_worse))).
// Cost     Time: sweeps (tens) x non-zeros of all compared vectors. Memory: two doubles per
// dimension.

#include <cstdint>
#include <span>
#include <vector>

#include "redraft/base/random.h"

namespace redraft::reward {

struct SparseVector {
  std::vector<std::uint32_t> index;  ///< distinct, below the dimension
  std::vector<float> value;          ///< parallel to index
};

/// Positions in the list of vectors.
struct Comparison {
  std::size_t better = 0;
  std::size_t worse = 0;
};

/// The dot product, summed in the vector's order.
double Dot(std::span<const double> weights, const SparseVector& vector);

/// The optimal weights, or those after `sweeps` passes over the comparisons, where stopping early
/// is good enough; `order` draws the order of the coordinate updates. Deterministic.
std::vector<double> FitPairwiseLogistic(std::span<const SparseVector> vectors,
                                        std::span<const Comparison> comparisons,
                                        std::size_t dimension, double c, Rng order,
                                        int sweeps = 1000);

}  // namespace redraft::reward
