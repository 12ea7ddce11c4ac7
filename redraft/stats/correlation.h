#pragma once

// Rank correlation of two lists of the same length.
//
// Paper    Spearman 1904; Kendall 1945 (τ-b, corrected for ties).
// Units    −1 … 1; NaN when one list is constant or shorter than two.

#include <vector>

namespace redraft::stats {

/// Pearson correlation of the mid-ranks.
double Spearman(const std::vector<double>& x, const std::vector<double>& y);

/// τ-b. Cost  O(n log n).
double KendallTau(const std::vector<double>& x, const std::vector<double>& y);

/// Ranks from 1; tied values share the mean of their ranks.
std::vector<double> MidRanks(const std::vector<double>& values);

}  // namespace redraft::stats
