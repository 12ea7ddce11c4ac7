#pragma once

// Texts on their way through the embedded model, with a ledger that remembers what it has read:
// what was interrupted goes on where it stopped, and what was read once is not read again.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/cli/model_options.h"
#include "redraft/reward/lm_examples.h"
#include "redraft/reward/lm_features.h"

namespace redraft::cli {

struct LmReadings {
  std::string model;  ///< gguf::Model::id() of the reader
  std::unordered_map<std::string, reward::LmReading> texts;
  std::unordered_map<std::string, double> totals;  ///< log-likelihood of texts and reorderings
};

/// Reads all examples. `db` is a ledger file, made when it is missing.
/// Errors: kConfig for the model or the ledger; kInvalidArgument for a text that is empty or longer
/// than the model's context; as llm::Client::Run.
Result<LmReadings> ReadExamples(const std::vector<reward::LmExample>& examples, const std::string& model,
                                const std::string& db, const ModelFlags& flags);

}  // namespace redraft::cli
