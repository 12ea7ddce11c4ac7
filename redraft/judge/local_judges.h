#pragma once

// Judges that need no model call: any Scorer, and the rules that every judge must beat.

#include <memory>

#include "redraft/core/scorer.h"
#include "redraft/judge/judge.h"

namespace redraft::judge {

/// P(first is better) = sigmoid(Compare(first, second)). Blind to order by construction.
std::unique_ptr<Judge> ScorerJudge(std::shared_ptr<const core::Scorer> scorer);

/// "shorter" or "longer": certain, a tie at equal word counts. Words are runs of non-space bytes.
/// "coin": certain, at random; a pure function of the bout's seed, texts and replicate.
/// Errors: kInvalidArgument for any other name.
Result<std::unique_ptr<Judge>> RuleJudge(const std::string& rule);

}  // namespace redraft::judge
