#pragma once

// What a run will take, before anything is sent.

#include <cstdint>
#include <map>

#include "redraft/core/request.h"
#include "redraft/evolve/options.h"
#include "redraft/evolve/task.h"

namespace redraft::evolve {

struct RoleEstimate {
  std::int64_t calls = 0;
  std::int64_t tokens_in = 0, tokens_out = 0;
};

/// Calls and tokens by role when every text passes the gates; repairs are not in it. Tokens are
/// counted as bytes / 4 and words × 1.35, lengths as the brief's target (500 words without one).
/// `judge_calls` and `judge_tokens_out` are per verdict (0 for judges that ask no model).
Result<std::map<core::Role, RoleEstimate>> Estimate(const EvolveOptions& options, const Task& task,
                                                    int judge_calls, int judge_tokens_out);

/// Most verdicts of one batch of `size` texts, `fresh` of them new: `rounds` for each text, but at
/// least one for each new text. With random pairing exactly so many, and the parent matches.
std::size_t MostVerdicts(const EvolveOptions& options, std::size_t size, std::size_t fresh);

/// Verdicts of a run in which no slot is left out; with active pairing the most there can be.
std::int64_t PlannedVerdicts(const EvolveOptions& options);

}  // namespace redraft::evolve
