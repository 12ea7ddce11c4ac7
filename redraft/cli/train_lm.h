#pragma once

// `train reward --lm`: the language model reads the texts, then the weights of what it says are
// learnt and the families compared.

#include <string>

#include "redraft/reward/dataset.h"

namespace redraft::cli {

struct TrainLmOptions {
  std::string lm;            ///< an id of the registry or a GGUF file
  std::string db;            ///< ledger of the readings
  int pairs = 0;             ///< how many of the pairs are read; 0: all
  bool heads_alone = false;  ///< without the built-in model
  std::string command;       ///< put on record
  std::string output;
  std::uint64_t seed = 1;
  unsigned threads = 0;
  bool json = false;
};

/// Families are compared on scores, too, when the data has some.
/// Errors: as ReadExamples and reward::TrainLm; kInvalidArgument for options that do not fit.
Result<int> TrainLm(const reward::Dataset& data, const TrainLmOptions& options);

}  // namespace redraft::cli
