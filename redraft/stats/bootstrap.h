#pragma once

// Percentile bootstrap of any statistic, over single observations or over whole clusters.
//
//   Interval rate = Bootstrap(wins.size(), [&](const std::vector<std::size_t>& rows) {
//     double sum = 0;
//     for (std::size_t row : rows) sum += wins[row];
//     return sum / static_cast<double>(rows.size());
//   }, 1000, rng.Fork("bootstrap/win rate"));
//
// Answers by one rater, or verdicts on one pair, are not independent: cluster by them, or the
// interval is too narrow.
//
// Paper    Efron 1979; Field and Welsh 2007 (clusters).
// Cost     `replicates` calls of the statistic, each over about as many rows as there are.
// Threads  the statistic is called from the caller's thread only.
// Errors   none; NaN replicates (a statistic that is undefined on a resample) are left out, and an
//          interval without any replicate is (−∞, ∞).

#include <cstddef>
#include <functional>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/stats/intervals.h"

namespace redraft::stats {

/// Maps the drawn rows, repetitions included, to a number.
using Statistic = std::function<double(const std::vector<std::size_t>& rows)>;

/// Resamples `count` rows with replacement.
Interval Bootstrap(std::size_t count, const Statistic& statistic, int replicates, Rng rng,
                   double confidence = 0.95);

/// Resamples clusters with replacement; `cluster_of[row]` is any label.
Interval ClusterBootstrap(const std::vector<int>& cluster_of, const Statistic& statistic,
                          int replicates, Rng rng, double confidence = 0.95);

/// The central interval that holds `confidence` of the values, by linear interpolation of order
/// statistics. Takes NaNs out first.
Interval PercentileInterval(std::vector<double> values, double confidence = 0.95);

}  // namespace redraft::stats
