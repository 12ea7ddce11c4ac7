#include "redraft/rank/standings.h"

#include <algorithm>

#include "redraft/base/check.h"

namespace redraft::rank {
namespace {

const double kZ95 = stats::NormalQuantile(0.95);

/// Rows with ratings and counts, sorted; `fill` adds what the method knows of an item.
template <class Fill>
Standings Sorted(std::size_t count, const std::vector<Outcome>& outcomes, const Fill& fill) {
  const int items = static_cast<int>(count);
  const std::vector<int> verdicts = CountVerdicts(items, outcomes);
  Standings standings;
  standings.components = ConnectedComponents(items, outcomes).count;
  for (int item = 0; item < items; ++item) {
    Standing row;
    row.item = item;
    row.verdicts = verdicts[static_cast<std::size_t>(item)];
    fill(static_cast<std::size_t>(item), row);
    if (row.se) {
      row.lo = row.rating - kZ95 * *row.se;
      row.hi = row.rating + kZ95 * *row.se;
    }
    standings.items.push_back(row);
  }
  std::stable_sort(standings.items.begin(), standings.items.end(),
                   [](const Standing& x, const Standing& y) { return x.rating > y.rating; });
  return standings;
}

Json OrNull(const std::optional<double>& value) { return value ? NumberOrNull(*value) : Json(); }

Json CoefficientJson(const std::optional<Coefficient>& coefficient) {
  if (!coefficient) return {{"logit", nullptr}, {"se", nullptr}};
  return {{"logit", NumberOrNull(coefficient->value)}, {"se", NumberOrNull(coefficient->se)}};
}

}  // namespace

Standings EloStandings(const std::vector<double>& ratings, const std::vector<Outcome>& outcomes) {
  return Sorted(ratings.size(), outcomes,
                [&](std::size_t item, Standing& row) { row.rating = ratings[item]; });
}

Standings GlickoStandings(const std::vector<GlickoRating>& ratings,
                          const std::vector<Outcome>& outcomes) {
  return Sorted(ratings.size(), outcomes, [&](std::size_t item, Standing& row) {
    row.rating = ratings[item].rating;
    row.se = ratings[item].deviation;
  });
}

Standings BradleyTerryStandings(const BradleyTerry& fit, const TopK& top,
                                const std::vector<Outcome>& outcomes) {
  REDRAFT_CHECK(top.p_top.size() == fit.strength.size());
  Standings standings = Sorted(fit.strength.size(), outcomes, [&](std::size_t item, Standing& row) {
    row.rating = fit.strength[item];
    row.se = fit.se[item];
    row.p_top = top.p_top[item];
  });
  standings.slot = fit.slot;
  standings.length = fit.length;
  return standings;
}

Json ToJson(const Standings& standings, const std::vector<Json>& ids) {
  Json items = Json::array();
  for (const Standing& row : standings.items) {
    items.push_back({{"id", ids.at(static_cast<std::size_t>(row.item))},
                     {"rating", NumberOrNull(row.rating)},
                     {"se", OrNull(row.se)},
                     {"lo", OrNull(row.lo)},
                     {"hi", OrNull(row.hi)},
                     {"p_top", OrNull(row.p_top)},
                     {"n", row.verdicts}});
  }
  Json json = {{"items", std::move(items)},
               {"slot", CoefficientJson(standings.slot)},
               {"components", standings.components}};
  if (standings.length) json["length"] = CoefficientJson(standings.length);
  return json;
}

}  // namespace redraft::rank
