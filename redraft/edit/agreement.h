#pragma once

// How far two lists of spans agree, against what chance would give.
//
//   Precision  share of the bytes found that the expert marked, mean over texts; recall the other
//              way round. Where categories count, only bytes marked with the same one.
//   Chance     the precision of spans of the same lengths at random places of the same text, in
//              closed form. Precision alone means little: an expert marks a third of a text.
//   Interval   percentile bootstrap over texts; all comparisons on one text are drawn together.
//
// Paper    span precision as in Chakrabarty, Laban and Wu (CHI 2025).
// Cost     linear in the texts, plus the bootstrap.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/core/edit.h"
#include "redraft/stats/intervals.h"

namespace redraft::edit {

/// What was found in a text and what one expert marked in it.
struct Comparison {
  std::size_t length = 0;  ///< bytes of the text
  int text = 0;            ///< the same number for comparisons on the same text
  std::vector<core::WeakSpan> found;
  std::vector<core::WeakSpan> marked;
};

struct AgreementOptions {
  std::string category;        ///< of the spans found; empty: all
  bool same_category = false;  ///< only marks of the same category count
  int replicates = 2000;
};

struct Agreement {
  std::size_t comparisons = 0;  ///< in which something was found
  std::size_t spans = 0;        ///< found
  double precision = 0;
  double chance = 0;
  double lift = 0;                ///< precision - chance
  stats::Interval lift_interval;  ///< 95 %, two-sided
  double lift_bound = 0;          ///< with 95 % confidence above this, one side
  double recall = 0;              ///< over comparisons in which something was marked
  double coverage = 0;            ///< share of the text that was marked, where something was found
  double found_coverage = 0;      ///< share of the text that was found, over all comparisons
};

/// All zero if nothing was found.
Agreement MeasureAgreement(const std::vector<Comparison>& comparisons,
                           const AgreementOptions& options, Rng rng);

/// Expected share of a span of `length` bytes, laid at a random place of the text, that is marked.
/// `marked` has one entry per byte; 1 <= length <= marked.size().
double ChanceShare(const std::vector<bool>& marked, std::size_t length);

}  // namespace redraft::edit
