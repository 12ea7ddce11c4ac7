#pragma once

// Texts on their way through the embedded model, with a ledger that remembers what it has read:
// what was interrupted goes on where it stopped, and what was read once is not read again.

#include <string>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/cli/model_options.h"
#include "redraft/reward/lm_examples.h"

namespace redraft::cli {

/// Reads all examples. `db` is a ledger file, made when it is missing.
/// Errors: kConfig for the model or the ledger; kInvalidArgument for a text that is empty or longer
/// than the model's context; as llm::Client::Run.
Result<reward::LmReadings> ReadExamples(const std::vector<reward::LmExample>& examples, const std::string& model,
                                        const std::string& db, const ModelFlags& flags);

}  // namespace redraft::cli
