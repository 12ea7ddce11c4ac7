#include "redraft/evolve/ratings.h"

#include <cmath>
#include <map>
#include <string>

#include "redraft/rank/elo.h"

namespace redraft::evolve {

JudgedDrafts OutcomesOf(std::span<const core::Draft> drafts,
                        std::span<const core::Verdict> verdicts, bool slots) {
  JudgedDrafts judged;
  std::map<std::string, int> index;
  std::vector<int> words;
  for (const core::Draft& draft : drafts) {
    if (!draft.gated.empty()) continue;
    index.emplace(draft.id, static_cast<int>(words.size()));
    words.push_back(draft.words);
    judged.ids.push_back(draft.id);
  }
  for (const core::Verdict& v : verdicts) {
    const auto a = index.find(v.a), b = index.find(v.b);
    if (!v.p_a || a == index.end() || b == index.end()) continue;
    rank::Outcome outcome;
    outcome.a = a->second;
    outcome.b = b->second;
    outcome.p_a = *v.p_a;
    outcome.has_slot = slots;
    outcome.logit = v.logit;
    const int words_a = words[static_cast<std::size_t>(a->second)];
    const int words_b = words[static_cast<std::size_t>(b->second)];
    if (words_a > 0 && words_b > 0) {
      outcome.log_len_ratio = std::log(static_cast<double>(words_a) / words_b);
    }
    judged.outcomes.push_back(outcome);
  }
  return judged;
}

Result<RatedDrafts> RateDrafts(std::span<const core::Draft> drafts,
                               std::span<const core::Verdict> verdicts,
                               const RateOptions& options) {
  RatedDrafts rated;
  const JudgedDrafts judged = OutcomesOf(drafts, verdicts, options.slots);
  for (const std::string& id : judged.ids) rated.ratings.push_back({.id = id});
  const std::vector<rank::Outcome>& outcomes = judged.outcomes;
  const int count = static_cast<int>(judged.ids.size());
  REDRAFT_ASSIGN(const std::vector<double> elo, rank::ReplayElo(count, outcomes));
  rank::BradleyTerryOptions fit;
  fit.slot = options.slots;
  fit.length = options.length;
  fit.log_odds = true;
  REDRAFT_ASSIGN(const rank::BradleyTerry strengths, rank::FitBradleyTerry(count, outcomes, fit));
  const std::vector<int> played = rank::CountVerdicts(count, outcomes);
  for (std::size_t i = 0; i < rated.ratings.size(); ++i) {
    rated.ratings[i].elo = elo[i];
    rated.ratings[i].bt = strengths.strength[i];
    rated.ratings[i].se = strengths.se[i];
    rated.ratings[i].n = played[i];
  }
  rated.slot = strengths.slot;
  rated.length = strengths.length;
  return rated;
}

}  // namespace redraft::evolve
