#pragma once

// Ranking texts with a judge: a few random rounds, then pairs where the top k is undecided, until
// it is settled or the calls are used up. When few texts are left undecided, their pairs are judged
// in both orders and called decisive. Bouts that begin with the same text are asked together
// (rank::PrefixOrder).

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "redraft/judge/judge.h"
#include "redraft/rank/standings.h"

namespace redraft::judge {

struct TournamentOptions {
  int top = 5;             ///< the set that must be right
  int opening_rounds = 4;  ///< everyone meets this many others first
  /// Most bouts; without it 20 per text, which is AlphaWrite's schedule.
  std::optional<std::int64_t> max_bouts;
  double settled = 0.95;  ///< expected share of the true top k among the chosen
  std::uint64_t seed = 1;
  std::string brief;
};

struct Tournament {
  std::vector<core::Verdict> verdicts;  ///< in the order planned
  rank::Standings standings;            ///< Bradley–Terry with slot term over all verdicts
  bool settled = false;                 ///< false: stopped by the limit
};

/// Carries jobs to their end (llm::Client::Run).
using RunMatches = std::function<Status(std::span<core::Job* const> jobs)>;

/// Plays the tournament. A pure function of its arguments and the replies.
/// Errors: kInvalidArgument for fewer than two texts; whatever `run` reports.
Result<Tournament> PlayTournament(const std::vector<Contender>& texts, const Judge& judge,
                                  const TournamentOptions& options, const RunMatches& run);

}  // namespace redraft::judge
