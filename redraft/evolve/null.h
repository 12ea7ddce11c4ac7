#pragma once

// The null of a run: what its numbers would look like if evolution did nothing.
//
// A rating that rises proves nothing: kept parents were selected, so their ratings are too high
// (the winner's curse), and a coin that judges "gains" 124 points a generation in the reference.
// What is immune is the *fresh* comparison: parents and new variants meet in a batch whose verdicts
// played no part in choosing the parents. So
//
//   progress          mean over generations of the log-odds that a new variant beats a kept text in
//                     the fresh verdicts of its batch; 0 when variants are no better than the best
//                     texts there already were. Verdicts whose pair was chosen by earlier ones of
//                     the batch (core::Verdict::adaptive) do not count: they seek out good variants
//   variant_share     share of new variants in the final top, beside their share of the population
//   variant_win_rate  probability that a variant beats its own parent
//
// Intervals are 95 %: cluster bootstrap over texts (a text's verdicts stand or fall together),
// never narrower than independent verdicts would give.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redraft/core/draft.h"
#include "redraft/core/verdict.h"

namespace redraft::evolve {

struct Interval {
  double value = 0.0, lo = 0.0, hi = 0.0;
};

struct RunNull {
  std::optional<Interval> progress;          ///< logits per generation; none without generations
  std::optional<Interval> variant_share;     ///< in [0, 1]
  double expected_share = 0.0;               ///< if variants were as good as parents
  std::optional<Interval> variant_win_rate;  ///< none when no variant met its parent
};

/// `drafts` and `verdicts` of a whole run; `final_top` are the ids of the best texts at its end
/// (the size of a selection) and `final_population` all ids of the last batch.
RunNull MeasureNull(std::span<const core::Draft> drafts, std::span<const core::Verdict> verdicts,
                    std::span<const std::string> final_top,
                    std::span<const std::string> final_population, int generations,
                    std::uint64_t seed);

Json ToJson(const RunNull& null);

}  // namespace redraft::evolve
