#include "redraft/edit/choice.h"

#include <algorithm>
#include <numeric>

#include "redraft/edit/apply.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kTries = 3;  ///< candidates of a place that are tried beside other edits

}  // namespace

void Choose(std::string_view text, std::vector<Place>& places, const core::Scorer& scorer,
            const Prices& prices) {
  for (Place& place : places) {
    place.chosen.reset();
    for (Candidate& candidate : place.candidates) {
      const auto alone = Apply(text, {candidate.edit});
      candidate.worth = alone ? Worth(scorer, text, alone->text, prices) : 0;
    }
    std::ranges::stable_sort(place.candidates, std::ranges::greater(), &Candidate::worth);
  }
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), 0);
  const auto best = [&](std::size_t i) {
    return places[i].candidates.empty() ? 0 : places[i].candidates.front().worth;
  };
  std::ranges::stable_sort(order, std::ranges::greater(), best);

  std::vector<core::Edit> taken;
  double worth = 0;
  for (const std::size_t i : order) {
    Place& place = places[i];
    for (std::size_t c = 0; c < std::min(kTries, place.candidates.size()); ++c) {
      if (place.candidates[c].worth <= 0) break;
      std::vector<core::Edit> trial = taken;
      trial.push_back(place.candidates[c].edit);
      const auto applied = Apply(text, trial);
      if (!applied || !WithinBounds(text, applied->text, prices)) continue;
      const double together = Worth(scorer, text, applied->text, prices);
      if (together <= worth) continue;
      worth = together;
      taken = std::move(trial);
      place.chosen = c;
      break;
    }
  }
}

std::vector<core::Edit> Chosen(const std::vector<Place>& places) {
  std::vector<core::Edit> edits;
  for (const Place& place : places) {
    if (place.chosen) edits.push_back(place.candidates[*place.chosen].edit);
  }
  std::ranges::sort(edits, {}, [](const core::Edit& edit) { return edit.span.start; });
  return edits;
}

}  // namespace redraft::edit
