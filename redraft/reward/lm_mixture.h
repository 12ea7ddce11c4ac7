#pragma once

// Heads on dense numbers, and how much each of several opinions is believed.
//
// Paper    Stacking (Wolpert 1992): weights are learnt from margins of comparisons that the
//          opinions have not learnt from, and judged on folds that they were not learnt from.
// Threads  Pure functions.

#include <array>
#include <span>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/reward/pairwise_logistic.h"

namespace redraft::reward {

/// A linear head on numbers per text, standardised for the fit; weights per unit. `c` is the weight
/// of the data against the L2 penalty. Texts that no comparison names may be empty.
std::vector<double> FitDense(const std::vector<std::vector<double>>& texts,
                             std::span<const Comparison> comparisons, double c, Rng rng);

/// The dot product of the weights and a - b.
double Across(const std::vector<double>& weights, const std::vector<double>& a,
              const std::vector<double>& b);

/// What up to three opinions say of a comparison: positive where they are right.
using Opinions = std::array<double, 3>;
using Used = std::array<bool, 3>;

/// Logits per unit of each opinion, none negative; 0 for those not used. A weak prior keeps them
/// finite.
Opinions FitMixture(std::span<const Opinions> margins, const Used& used);

double Mixed(const Opinions& weights, const Opinions& margin);

/// Every row's mixed margin, by weights from the rows of other folds; `folds` is parallel.
std::vector<double> CrossFitted(const std::vector<Opinions>& margins,
                                const std::vector<std::size_t>& folds, const Used& used);

}  // namespace redraft::reward
