#pragma once

// Logistic regression with Firth's penalty: the estimate stays finite, and its interval honest,
// where a covariate separates the outcomes completely, as the log-odds of a good judge do.
//
//   // does x tell the outcomes apart beyond what c does?
//   std::optional<Effect> effect = FirthEffect({{x1, c1}, {x2, c2}, …}, {true, false, …});
//
// No intercept: meant for differences between two sides, where exchanging the sides negates every
// covariate and the outcome, and leaves the estimate as it is.
//
// Paper    Firth 1993; Heinze and Schemper 2002 (profile intervals under separation).
// Units    log-odds per unit of the covariate.
// Cost     O(rows × covariates²) per step, some hundreds of steps for the interval.

#include <optional>
#include <vector>

namespace redraft::stats {

/// A coefficient with its profile interval.
struct Effect {
  double value = 0;
  double lo = 0, hi = 0;
};

/// The effect of each row's first covariate, given its others. `rows` are of equal length.
/// None when the first covariate is a linear combination of the others (or is always 0): then the
/// rows say nothing about it. Covariates beside it may be redundant.
std::optional<Effect> FirthEffect(const std::vector<std::vector<double>>& rows,
                                  const std::vector<bool>& outcomes, double confidence = 0.95);

}  // namespace redraft::stats
