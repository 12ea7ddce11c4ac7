#pragma once

// Texts on their way through the embedded model, with a ledger that remembers what it has read:
// what was interrupted goes on where it stopped, and what was read once is not read again.

#include <string>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/cli/model_options.h"
#include "redraft/reward/lm_examples.h"

namespace redraft::cli {

/// Carries the examples to the endpoint that serves `reader_id`; says on standard error how far it
/// has come. Errors: as llm::Client::Run; kFailed for a reply that is no reading.
Result<reward::LmReadings> ReadExamples(llm::Client& client,
                                        const std::vector<reward::LmExample>& examples,
                                        const std::string& reader_id);

/// The same with the embedded model `reader` (an id of the registry or a GGUF file) and the ledger
/// file `db`, which is made when it is missing.
/// Errors: kConfig for the model or the ledger; kInvalidArgument for a text that is empty or longer
/// than the model's context; as above.
Result<reward::LmReadings> ReadExamples(const std::vector<reward::LmExample>& examples,
                                        const std::string& reader, const std::string& db,
                                        const ModelFlags& flags);

}  // namespace redraft::cli
