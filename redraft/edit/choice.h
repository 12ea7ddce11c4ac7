#pragma once

// Which rewrites to carry out: chosen by a scorer on the whole text, not on the span alone, since a
// phrase is good or bad where it stands.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/edit.h"
#include "redraft/core/scorer.h"
#include "redraft/edit/price.h"

namespace redraft::edit {

/// Other words for a span.
struct Candidate {
  core::Edit edit;
  std::vector<int> replies;  ///< which replies of this place said so, from 0
  double worth = 0;          ///< of carrying out this edit alone; set by Choose
};

/// A span and what could stand in its place.
struct Place {
  core::WeakSpan span;
  std::vector<Candidate> candidates;
  std::optional<std::size_t> chosen;  ///< index into candidates; none: the span stays
};

/// Sorts each place's candidates by worth, best first, and chooses at most one of each.
///
/// Method  Places in the order of their best candidate's worth; a candidate is taken when the text
///         with it and with all taken before is worth more than without it and keeps the bounds.
///         So every taken edit pays for itself, no two overlap, and the bounds hold.
/// Cost    two scores and a comparison per candidate, and for up to three candidates of each place.
void Choose(std::string_view text, std::vector<Place>& places, const core::Scorer& scorer,
            const Prices& prices);

/// The chosen edits, sorted.
std::vector<core::Edit> Chosen(const std::vector<Place>& places);

}  // namespace redraft::edit
