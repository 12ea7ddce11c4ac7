#pragma once

// How much n generations for each excerpt would have covered, from the counts of all N.
//
// Paper     rarefaction (Hurlbert 1971) for each token: of N generations c cover it, so a random n
// of
//           them miss it with probability C(N−c, n) / C(N, n); over excerpts these multiply. At n =
//           N the curve is bmc itself. An excerpt with fewer than n generations gives all it has.
// Interval  percentile bootstrap over the book's excerpts: what another choice of excerpts might
// give. Cost      O(tokens under hits × points); the bootstrap adds replicates × excerpts × points.

#include <cstdint>
#include <span>
#include <vector>

#include "redraft/audit/tally.h"
#include "redraft/stats/intervals.h"

namespace redraft::audit {

struct RarefactionPoint {
  std::uint32_t generations = 0;
  double value = 0;          ///< expected bmc
  stats::Interval interval;  ///< 95 %
};

/// The curve at 1, 2, 5, 10, 20, 50, … up to the largest number of generations of an excerpt. Empty
/// when there is no token or no generation, or when the matcher's guard acted (counts are missing).
std::vector<RarefactionPoint> Rarefy(const Tally& tally, std::span<const std::uint32_t> starts,
                                     std::uint64_t seed, unsigned threads = 1);

/// The same for what excerpts' own prompts bring about in the excerpts that were asked for, and
/// beyond the generations at hand: what a full run of `to` generations for each would cover of
/// them. Prompts of other excerpts cover more, so this bounds that run's bmc from below. Paper
/// Colwell et al. 2012 (J. Plant Ecol. 5:3), equations 17 and 18, with Chao2 for the tokens not
///        seen yet: from those seen in one and in two generations. Rough beyond two or three times
///        the generations at hand; an excerpt with a single generation is taken as complete.
std::vector<RarefactionPoint> ExtrapolateOwn(const Tally& tally,
                                             std::span<const std::uint32_t> starts,
                                             std::uint32_t to, std::uint64_t seed);

/// Percentile bootstraps over excerpts of sum(amounts[i]) / sum(tokens), one interval for each list
/// of amounts; all from the same draws.
std::vector<stats::Interval> ShareIntervals(const std::vector<std::vector<double>>& amounts,
                                            const std::vector<double>& tokens, std::uint64_t seed);

}  // namespace redraft::audit
