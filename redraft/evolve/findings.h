#pragma once

// What a run's records say: who won, from whom it descends, who an average first draft is, what the
// gates turned down, how the judge behaved. Figures only; the report puts them into words.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "redraft/evolve/run_contents.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/consistency.h"

namespace redraft::evolve {

/// A draft with its rating. Points into the RunContents it was made from.
struct Ranked {
  const core::Draft* draft = nullptr;
  store::Rating rating;
};

/// A share with its 95 % interval (Wilson).
struct Share {
  double successes = 0.0, trials = 0.0;
  double lo = 0.0, hi = 1.0;
  double value() const { return trials > 0 ? successes / trials : 0.0; }
};

struct JudgeFigures {
  std::string id;    ///< as recorded with the verdicts; several are joined by ", "
  int verdicts = 0;  ///< asked for
  int none = 0;      ///< without an answer
  int ties = 0;      ///< exactly one half
  /// False: verdicts list two texts in an order that need not be the one in which they were shown
  /// (runs of others). First slot then means listed first, and ratings are not corrected for it.
  bool slots_on_record = true;
  std::optional<Share> first_slot;        ///< wins of the text shown first, ties left out
  std::optional<rank::Coefficient> slot;  ///< first-slot advantage in logits
  rank::Consistency consistency;          ///< within each generation, added up
  std::optional<Share> longer;            ///< wins of the longer text
  std::optional<rank::Coefficient>
      length;                        ///< logits per doubling of the length, other things equal
  std::optional<double> mean_logit;  ///< mean |logit|, of the verdicts that carry one
};

struct Findings {
  std::vector<Ranked> ranking;    ///< all rated drafts, best first by what the run selected by
  bool by_elo = false;            ///< the run selected by Elo
  std::optional<Ranked> winner;   ///< rating has n = 0 when it never played
  std::optional<Ranked> average;  ///< the first draft in the middle of its peers
  int average_rank = 0;  ///< its place among `average_of` rated first drafts; 0: unrated, the
  int average_of = 0;    ///  first draft of median length instead
  std::vector<const core::Draft*> lineage;  ///< founder first, winner last
  std::vector<Json> generations;            ///< GenerationFigures as JSON
  std::map<std::string, int> rejected;      ///< texts turned down, by gate reason
  int rejected_texts = 0;
  std::vector<const core::Draft*> gated;  ///< slots that stayed empty
  JudgeFigures judge;
  Json null;  ///< evolve::ToJson(RunNull); null while there is none
};

/// Reads the figures out of the contents of a run, finished or not.
/// Errors: as RateDrafts.
Result<Findings> Find(const RunContents& contents);

}  // namespace redraft::evolve
