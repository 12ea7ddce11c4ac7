#pragma once

// What a run produced: every text, every verdict, the ratings, and the figures per generation.

#include <string>
#include <vector>

#include "redraft/core/draft.h"
#include "redraft/core/verdict.h"
#include "redraft/evolve/null.h"
#include "redraft/text/diversity.h"

namespace redraft::evolve {

struct Rated {
  std::string id;
  double elo = 0.0;  ///< plain replay of all verdicts in logged order, base 1200, K 32
  double bt = 0.0;   ///< joint Bradley–Terry strength, logits
  double se = 0.0;   ///< of bt
  int n = 0;         ///< verdicts
};

struct GenerationFigures {
  int generation = 0;
  int drafts = 0;    ///< texts in the population
  int founders = 0;  ///< first drafts they descend from
  text::Diversity diversity;
  int gated = 0;      ///< slots left out: no try passed the gates
  int rejected = 0;   ///< texts turned down by the gates, later tries included
  int fresh = 0;      ///< of the new slots: first drafts put in by the brake
  double best = 0.0;  ///< rating of the best
};

struct RunRecord {
  std::vector<core::Draft> drafts;      ///< in creation order; gated ones included
  std::vector<core::Verdict> verdicts;  ///< in logged order
  std::vector<Rated> ratings;           ///< in creation order, accepted drafts only
  std::vector<GenerationFigures> generations;
  std::vector<std::string> ranking;  ///< the last population, best first
  double best_rating = 0.0;          ///< Elo scale: Elo, or 1200 + 400/ln 10 × strength
  RunNull null;

  const core::Draft& Find(const std::string& id) const;  ///< the draft; it must exist
  const core::Draft& Best() const { return Find(ranking.front()); }
};

Json ToJson(const GenerationFigures& figures);

}  // namespace redraft::evolve
