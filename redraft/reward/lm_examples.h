#pragma once

// Which texts a language model must read before it can take part in a reward model: the texts of
// pairs, and, of every fourth pair, what becomes of the chosen text when its sentences change
// places.
//
// Cost     Reading is what costs: a text of 200 words is a second or more of two cores for the
//          135M model, so that the reorderings are a sample.
// Threads  A pure function of the data.

#include <string>
#include <unordered_map>
#include <vector>

#include "redraft/reward/dataset.h"
#include "redraft/reward/lm_features.h"

namespace redraft::reward {

/// A text and the same sentences in another order; equal to the text where it has only one.
struct LmReordered {
  std::string text;
  std::string shuffled;  ///< all sentences
  std::string swapped;   ///< two neighbours exchanged
};

/// A step of reading.
struct LmExample {
  std::size_t pair = 0;                ///< position in Dataset::pairs
  std::vector<std::string> texts;      ///< of one pair that were not read before
  std::vector<LmReordered> reordered;  ///< of the chosen one
};

/// The examples of `pairs` pairs in random order: those of fewer pairs are a beginning, and a
/// sample of all (files are often sorted by difficulty or origin). Reorderings depend on the text
/// alone.
std::vector<LmExample> ExamplesOf(const Dataset& data, std::size_t pairs);

/// What the language model said about examples.
struct LmReadings {
  std::string reader;     ///< what was opened: an id of the registry or a file
  std::string reader_id;  ///< gguf::Model::id() of it
  std::unordered_map<std::string, LmReading> texts;
  std::unordered_map<std::string, double> totals;  ///< log-likelihood of texts and reorderings
};

}  // namespace redraft::reward
