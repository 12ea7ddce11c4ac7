#include "redraft/judge/tournament.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/pairing.h"

namespace redraft::judge {
namespace {

constexpr std::int64_t kBoutsPerText = 20;

class Playing {
 public:
  Playing(const std::vector<Contender>& texts, const Judge& judge, const TournamentOptions& options,
          const RunMatches& run)
      : texts_(texts), judge_(judge), options_(options), run_(run), rng_(options.seed) {}

  Result<Tournament> Run() {
    const int items = static_cast<int>(texts_.size());
    const int top = std::min(options_.top, items);
    const std::int64_t limit = options_.max_bouts.value_or(kBoutsPerText * items / 2);
    auto pairs = rank::RandomRounds(items, options_.opening_rounds, rng_.Fork("opening"));
    if (static_cast<std::int64_t>(pairs.size()) > limit)
      pairs.resize(static_cast<std::size_t>(limit));
    std::optional<bool> decisive = false;
    for (int turn = 0;; ++turn) {
      REDRAFT_RETURN_IF_ERROR(Play(pairs, decisive));
      rank::BradleyTerryOptions fit_options;
      fit_options.slot = true;
      fit_options.log_odds = true;
      REDRAFT_ASSIGN(const auto fit, rank::FitBradleyTerry(items, outcomes_, fit_options));
      const auto best = rank::PosteriorTopK(fit, top, rng_.Fork("posterior"));
      tournament_.settled = top == items || rank::Settled(best, options_.settled);
      const std::int64_t left = limit - static_cast<std::int64_t>(tournament_.verdicts.size());
      if (tournament_.settled || left <= 0) {
        tournament_.standings = rank::BradleyTerryStandings(fit, best, outcomes_);
        return std::move(tournament_);
      }
      const int next = static_cast<int>(std::min<std::int64_t>(left, std::max(1, items / 2)));
      decisive = rank::FewUndecided(best) ? std::optional(true) : std::nullopt;
      pairs = rank::DecisivePairs(fit, best, outcomes_, next,
                                  rng_.Fork(fmt::format("active/{}", turn)));
    }
  }

 private:
  Status Play(const std::vector<rank::Pair>& pairs, std::optional<bool> decisive) {
    std::vector<std::unique_ptr<Match>> matches;
    std::vector<core::Job*> jobs;
    for (const rank::Pair& pair : pairs) {
      Bout bout{texts_[static_cast<std::size_t>(pair.first)],
                texts_[static_cast<std::size_t>(pair.second)], options_.brief};
      bout.seed = options_.seed;
      bout.decisive = decisive;
      bout.replicate = shown_[{pair.first, pair.second}]++;
      matches.push_back(judge_.Play(std::move(bout)));
    }
    for (const std::size_t i : rank::PrefixOrder(pairs)) jobs.push_back(matches[i].get());
    REDRAFT_RETURN_IF_ERROR(run_(jobs));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const core::Verdict& verdict = matches[i]->verdict();
      tournament_.verdicts.push_back(verdict);
      if (!verdict.p_a) continue;
      rank::Outcome outcome;
      outcome.a = pairs[i].first;
      outcome.b = pairs[i].second;
      outcome.p_a = *verdict.p_a;
      outcome.logit = verdict.logit;
      outcomes_.push_back(outcome);
    }
    return Ok{};
  }

  const std::vector<Contender>& texts_;
  const Judge& judge_;
  const TournamentOptions& options_;
  const RunMatches& run_;
  const Rng rng_;
  std::map<std::pair<int, int>, int> shown_;
  std::vector<rank::Outcome> outcomes_;
  Tournament tournament_;
};

}  // namespace

Result<Tournament> PlayTournament(const std::vector<Contender>& texts, const Judge& judge,
                                  const TournamentOptions& options, const RunMatches& run) {
  if (texts.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} text is given; ranking needs at least two", texts.size()));
  }
  if (options.top < 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--top is {}; it must be at least 1", options.top));
  }
  return Playing(texts, judge, options, run).Run();
}

}  // namespace redraft::judge
