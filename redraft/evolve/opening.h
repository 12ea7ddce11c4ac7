#pragma once

// The opening of a batch: who meets whom before any verdict of the batch is known. Its verdicts are
// evidence about progress; those of pairs that are chosen later are not (null.h,
// docs/decisions/0005).

#include <span>
#include <string>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/evolve/options.h"
#include "redraft/evolve/record.h"
#include "redraft/rank/pairing.h"

namespace redraft::evolve {

/// Positions in the population of the texts that this generation has brought.
std::vector<int> NewTexts(const RunRecord& record, std::span<const std::string> population,
                          int generation);

/// With random pairing all matches of the batch: `rounds` random rounds and the parent matches.
/// With active pairing the parent matches, or where there are none (first batch) four random
/// rounds; no more than MostVerdicts. A parent match is one new text against a kept one, its own
/// parent first, then others drawn by `rng` and the text's id; slots in turn; round by round.
/// Shapes  pairs of positions in `population`, whose ids must be in the record.
std::vector<rank::Pair> OpeningPairs(const EvolveOptions& options, const RunRecord& record,
                                     std::span<const std::string> population, int generation,
                                     const Rng& rng);

}  // namespace redraft::evolve
