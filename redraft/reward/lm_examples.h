#pragma once

// Which texts a language model must read before it can take part in a reward model: every text of
// the data, and what becomes of the texts of pairs when their sentences change places.
//
// Threads  A pure function of the data.

#include <string>
#include <vector>

#include "redraft/reward/dataset.h"

namespace redraft::reward {

/// A text of a pair and the same sentences in another order; equal to the text where it has only
/// one.
struct LmReordered {
  std::string text;
  std::string shuffled;  ///< all sentences
  std::string swapped;   ///< two neighbours exchanged
};

struct LmExamples {
  std::vector<std::string> texts;  ///< distinct, in the order of the data: pairs, then scores
  std::vector<LmReordered> reordered;  ///< the chosen texts first, then the rejected ones
};

/// The reorderings depend on the text alone, not on the rest of the data, so that data that grows
/// finds the readings of before.
LmExamples ExamplesOf(const Dataset& data);

}  // namespace redraft::reward
