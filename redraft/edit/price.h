#pragma once

// What a change must earn. A reward model prefers short texts and much edited ones whatever their
// quality (WQRM's agreement with experts is 84 % where the better text is the shorter one and 26 %
// where it is the longer one), so length and edit distance are priced before it may choose.
//
//   worth = min(Compare(after, before), Score(after) - Score(before))
//           - distance * Distance(after, before) - length * |ln(words after / words before)|
//
// in logits of the scorer: a text is better only where both its views say so, and never chosen
// below the draft's own score. At the default prices, rewriting a tenth of the words must make the
// text better by .1 logits, and making it a tenth shorter by another .2. docs/editing.md says why
// not more.

#include <string_view>

#include "redraft/core/scorer.h"

namespace redraft::edit {

struct Prices {
  double distance = 1.0;  ///< logits for a text of which no word is left
  double length = 2.0;    ///< logits per unit of |ln(words after / words before)|
  /// Most distance of a text, in [0, 1]. A bound, not a price.
  double max_distance = 1.0;
  /// A text may grow and shrink by this share of its words; by five words in any case.
  double max_growth = 0.15;
};

/// Prices of an editor who leaves a text its voice: at most .15 away, at twice the price.
Prices KeepVoice(Prices prices);

/// How far two texts are apart, in [0, 1]: words deleted and inserted by the shortest edit script,
/// over the words of both. 0: the same words; 1: none in common. White space does not count.
double Distance(std::string_view before, std::string_view after);

/// What `after` is worth more than `before`, in logits; leaving a text alone is worth 0.
double Worth(const core::Scorer& scorer, std::string_view before, std::string_view after,
             const Prices& prices);

/// Whether `after` keeps the bounds.
bool WithinBounds(std::string_view before, std::string_view after, const Prices& prices);

}  // namespace redraft::edit
