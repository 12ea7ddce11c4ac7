#pragma once

// How far raters agree beyond chance.
//
// Paper    Cohen 1960; Fleiss 1971; Krippendorff 2011 ("Computing Krippendorff's
// alpha-reliability"). Units    1 is full agreement, 0 what chance gives, below 0 systematic
// disagreement. NaN when the
//          coefficient is undefined: no two ratings of one item, or every rating the same.

#include <vector>

namespace redraft::stats {

/// Two raters, one label per item each. The label values are names only.
double CohenKappa(const std::vector<int>& first, const std::vector<int>& second);

/// counts[item][category]: how many raters chose it. Each item needs the same number, at least two.
double FleissKappa(const std::vector<std::vector<int>>& counts);

enum class Distance {
  kNominal,   ///< labels either match or not
  kInterval,  ///< squared difference
};

/// ratings[item]: the values that were given, in any order; missing ones left out. An item with a
/// single rating says nothing about agreement and is not counted.
double KrippendorffAlpha(const std::vector<std::vector<double>>& ratings, Distance distance);

}  // namespace redraft::stats
