#pragma once

// Two-sided p-values for paired comparisons, and how many comparisons a study needs.
//
//   double p = SignTest(wins, losses);               // ties left out
//   int needed = TrialsForPower(0.60);               // 194 for 80 % power at 5 %
//
// Units    p-values and probabilities in [0, 1].
// Errors   none: arguments outside their ranges are contract violations.

#include <vector>

namespace redraft::stats {

/// Exact test that wins and losses are equally likely. 1 when nothing was decided.
double SignTest(int wins, int losses);

/// Student's t test that the mean of the paired differences is 0. 1 below two differences or when
/// all are 0; 0 when all are the same other value.
double PairedTTest(const std::vector<double>& differences);

/// Comparisons needed so that a win rate of `rate` is told from one half with probability `power`
/// by a two-sided test at level `alpha` (normal approximation). `rate` must not be one half.
int TrialsForPower(double rate, double power = 0.8, double alpha = 0.05);

/// The power of that test with `trials` comparisons.
double PowerOfTrials(double rate, int trials, double alpha = 0.05);

}  // namespace redraft::stats
