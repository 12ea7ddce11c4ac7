#pragma once

// The table that people read: items best first, with rating, interval, P(top k) and the number of
// verdicts. Figures that a method does not have are empty.
//
// Units    rating points for Elo and Glicko-2, logits for Bradley–Terry; intervals at 95 %.

#include <optional>
#include <string>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/glicko2.h"
#include "redraft/rank/outcome.h"

namespace redraft::rank {

struct Standing {
  int item = 0;
  double rating = 0;
  std::optional<double> se, lo, hi, p_top;
  int verdicts = 0;
};

struct Standings {
  std::vector<Standing> items;        ///< best first; equal ratings in item order
  std::optional<Coefficient> slot;    ///< first-slot advantage, when fitted
  std::optional<Coefficient> length;  ///< per unit of log length ratio, when fitted
  int components = 0;                 ///< pieces of the comparison graph
};

Standings EloStandings(const std::vector<double>& ratings, const std::vector<Outcome>& outcomes);
Standings GlickoStandings(const std::vector<GlickoRating>& ratings,
                          const std::vector<Outcome>& outcomes);
Standings BradleyTerryStandings(const BradleyTerry& fit, const TopK& top,
                                const std::vector<Outcome>& outcomes);

/// {"items":[{"id","rating","se","lo","hi","p_top","n"}],"slot":{"logit","se"},"components"}; `ids`
/// names the items, and "length":{"logit","se"} joins when it was fitted. Without a slot term
/// "slot" is {"logit":null,"se":null}.
Json ToJson(const Standings& standings, const std::vector<Json>& ids);

}  // namespace redraft::rank
