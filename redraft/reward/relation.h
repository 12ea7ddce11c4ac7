#pragma once

// What two texts are to each other, because that decides what their comparison is about.
//
//   revised     the same in other words: the wording counts, and that one is shorter or longer says
//               little, since editors cut and add
//   reordered   the same sentences in another order: nothing but order counts
//   cut         one is the other without some sentences, or with some put in: what counts is
//   whether
//               those belong to the rest and say something
//   spliced     they share sentences, and what they do not share is about something else: whether
//   each
//               holds together counts
//   unrelated   everything counts, absolutely
//
// Threads  Pure functions.

#include <array>
#include <string_view>
#include <vector>

#include "redraft/reward/passage.h"

namespace redraft::reward {

enum class Relation { kUnrelated, kSpliced, kCut, kReordered, kRevised };
inline constexpr std::size_t kRelations = 5;

/// "unrelated", …
std::string_view NameOf(Relation relation);

struct Alignment {
  Relation relation = Relation::kUnrelated;
  /// Positions of the sentences that the other text does not have word for word.
  std::vector<std::size_t> only_a, only_b;
};

/// Align(b, a) is Align(a, b) with the sides exchanged.
Alignment Align(const Passage& a, const Passage& b);

}  // namespace redraft::reward
