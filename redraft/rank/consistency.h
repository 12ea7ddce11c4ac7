#pragma once

// How far a judge agrees with itself: the same pair judged again, and triads that go round. Shown
// beside every rating, because no rating method repairs a judge that contradicts itself.
//
// Repeats  All combinations of two verdicts on the same pair, in the same order or swapped. They
//          agree when the same item wins, or both are ties. Where the slot is not on record a
//          repeat counts in neither order, only in `repeats`.
// Triads   Three items of which each two were judged and one is ahead (more wins; summed log-odds
//          where every verdict has them). At random one in four goes round.
// Cost     O(repeats + triads).

#include <vector>

#include "redraft/rank/outcome.h"

namespace redraft::rank {

struct Agreement {
  int pairs = 0;  ///< of verdicts
  int same = 0;   ///< of them with the same winner
};

struct Consistency {
  Agreement repeats;        ///< all repeats
  Agreement same_order;     ///< shown in the same order
  Agreement swapped_order;  ///< shown in both orders
  int triads = 0;           ///< decided
  int cyclic = 0;           ///< of them a > b > c > a
};

/// `outcomes` of one tournament: pass each tournament's own where texts change between them, and
/// add the results up.
Consistency MeasureConsistency(int items, const std::vector<Outcome>& outcomes);

Consistency& operator+=(Consistency& total, const Consistency& more);

}  // namespace redraft::rank
