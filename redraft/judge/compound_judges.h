#pragma once

// Judges made of judges.

#include <memory>
#include <vector>

#include "redraft/judge/judge.h"

namespace redraft::judge {

/// Asks every member the same bout. Log-odds are averaged where every verdict has them, else
/// probabilities; members without a verdict are left out. The rationale is all members' words.
/// Needs at least two members.
std::unique_ptr<Judge> PanelJudge(std::vector<std::shared_ptr<const Judge>> members);

/// Asks `cheap` in both orders, and `decider`, in both orders too, where it decides: in bouts that
/// a tournament calls decisive, nowhere else in its bulk (Bout::decisive). Where nobody knows, the
/// decider is asked when the pair is left undecided: |log-odds| < `undecided`, hard verdicts that
/// contradict each other, or none. The
/// verdict is the decider's then, or what `cheap` said if the decider has none.
std::unique_ptr<Judge> CascadeJudge(std::shared_ptr<const Judge> cheap,
                                    std::shared_ptr<const Judge> decider, double undecided = 1.0);

}  // namespace redraft::judge
