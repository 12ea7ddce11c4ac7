#pragma once

// Test-time compute over whole revisions: a draft, N revisions of it, one drawn at random, the one
// that a scorer finds best with length and edit distance priced.
//
// Paper   Chakrabarty et al., "AI-Slop to AI-Polish?" (arXiv 2504.07532), §5: experts see the first
//         draft, a random candidate and the best one. All three arms are kept, so that what
//         choosing is worth (best against random) can be told from what editing is worth (random
//         against draft).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/edit/choice.h"

namespace redraft::edit {

/// One revised text.
struct Revision {
  std::string text;               ///< the draft with `edits` carried out
  std::vector<core::Edit> edits;  ///< sorted, disjoint, none in a protected part
  /// Why it must not be chosen: as text/gates.h, unless the draft has the same fault, and
  /// "unchanged", "out_of_bounds" (Prices), "loses_name", "loses_number". Empty: it may be.
  std::vector<std::string> reasons;
  double worth = 0;  ///< see price.h
};

/// Indices of revisions that have no reasons against them.
struct Arms {
  std::optional<std::size_t> best;    ///< worth most; none where the draft is worth more than all
  std::optional<std::size_t> random;  ///< worth something or not; none if there are none
};

/// `worth` must be set.
Arms ChooseArms(const std::vector<Revision>& revisions, Rng rng);

/// The draft with `edits` (sorted, disjoint) carried out; "unchanged" and "out_of_bounds" are
/// found, `worth` is left 0.
Revision Revised(std::string_view draft, std::vector<core::Edit> edits, const Prices& prices);

/// `count` revisions put together out of the places' candidates: the k-th has what the k-th reply
/// said of each place; where that could not be used, the place stays. The surest places go first,
/// and an edit that overlaps one of those or would leave the bounds is left out.
std::vector<Revision> Assembled(std::string_view draft, const std::vector<Place>& places, int count,
                                const core::Scorer& scorer, const Prices& prices);

}  // namespace redraft::edit
