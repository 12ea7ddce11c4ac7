#pragma once

// How much n generations for each excerpt would have covered, from the counts of all N.
//
// Paper     rarefaction (Hurlbert 1971) for each token: of N generations c cover it, so a random n of
//           them miss it with probability C(N−c, n) / C(N, n); over excerpts these multiply. At n = N
//           the curve is bmc itself. An excerpt with fewer than n generations gives all it has.
// Interval  percentile bootstrap over the book's excerpts: what another choice of excerpts might give.
// Cost      O(tokens under hits × points); the bootstrap adds replicates × excerpts × points.

#include <cstdint>
#include <span>
#include <vector>

#include "redraft/audit/tally.h"
#include "redraft/stats/intervals.h"

namespace redraft::audit {

struct RarefactionPoint {
  std::uint32_t generations = 0;
  double value = 0;           ///< expected bmc
  stats::Interval interval;   ///< 95 %
};

/// The curve at 1, 2, 5, 10, 20, 50, … up to the largest number of generations of an excerpt. Empty
/// when there is no token or no generation, or when the matcher's guard acted (counts are missing).
std::vector<RarefactionPoint> Rarefy(const Tally& tally, std::span<const std::uint32_t> starts,
                                     std::uint64_t seed);

/// Percentile bootstrap over excerpts of sum(amount) / sum(tokens).
stats::Interval ShareInterval(std::span<const double> amount, std::span<const double> tokens,
                              std::uint64_t seed);

}  // namespace redraft::audit
