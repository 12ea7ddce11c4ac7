#include "redraft/edit/arms.h"

#include <algorithm>

#include "redraft/base/check.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/objections.h"

namespace redraft::edit {

Arms ChooseArms(const std::vector<Revision>& revisions, Rng rng) {
  Arms arms;
  std::vector<std::size_t> passed;
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    if (!revisions[i].reasons.empty()) continue;
    passed.push_back(i);
    const double most = arms.best ? revisions[*arms.best].worth : 0;
    if (revisions[i].worth > most) arms.best = i;
  }
  if (!passed.empty()) arms.random = passed[rng.Below(passed.size())];
  return arms;
}

Revision Revised(std::string_view draft, std::vector<core::Edit> edits, const Prices& prices) {
  const auto applied = Apply(draft, edits);
  REDRAFT_CHECK(applied.has_value());
  Revision revision{.text = applied->text, .edits = std::move(edits)};
  if (revision.edits.empty()) {
    revision.reasons.emplace_back(ToString(Objection::kUnchanged));
  } else if (!WithinBounds(draft, revision.text, prices)) {
    revision.reasons.emplace_back("out_of_bounds");
  }
  return revision;
}

std::vector<Revision> Assembled(std::string_view draft, const std::vector<Place>& places, int count,
                                const core::Scorer& scorer, const Prices& prices) {
  std::vector<const Place*> surest;
  for (const Place& place : places) surest.push_back(&place);
  std::ranges::stable_sort(surest, std::ranges::greater(),
                           [](const Place* place) { return place->span.confidence; });
  std::vector<Revision> revisions;
  for (int reply = 0; reply < count; ++reply) {
    std::vector<core::Edit> edits;
    for (const Place* place : surest) {
      for (const Candidate& candidate : place->candidates) {
        if (std::ranges::find(candidate.replies, reply) == candidate.replies.end()) continue;
        std::vector<core::Edit> trial = edits;
        trial.push_back(candidate.edit);
        const auto applied = Apply(draft, trial);
        if (applied && WithinBounds(draft, applied->text, prices)) edits = std::move(trial);
      }
    }
    std::ranges::sort(edits, {}, [](const core::Edit& edit) { return edit.span.start; });
    revisions.push_back(Revised(draft, std::move(edits), prices));
    revisions.back().worth = Worth(scorer, draft, revisions.back().text, prices);
  }
  return revisions;
}

}  // namespace redraft::edit
