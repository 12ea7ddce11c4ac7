#pragma once

// The work behind `redraft edit`: texts in, what was found and changed out, with every model call
// in the ledger, so that the same command after an interruption pays for nothing twice.

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "redraft/cli/model_options.h"
#include "redraft/core/scorer.h"
#include "redraft/edit/editing.h"

namespace redraft::cli {

struct EditInput {
  std::string text;   ///< UTF-8, not empty
  std::string brief;  ///< what it was written for; may be empty
};

struct EditSetup {
  edit::EditOptions options;  ///< without `brief`
  std::string db;             ///< ledger; unused when no model is asked
  std::string name;           ///< of the run, for people
  ModelFlags flags;
  ModelChoice model;
  std::shared_ptr<const core::Scorer> scorer;
  std::function<Status()> scorer_status = [] { return Status(Ok{}); };  ///< edit_scorer.h
  bool quiet = false;                                                   ///< no progress
};

/// Whether the work asks a model at all.
bool AsksModel(const edit::EditOptions& options);

/// The run's identity: everything that decides the result.
Result<Json> EditManifest(const EditSetup& setup, std::span<const EditInput> inputs);

/// One object for each input, in order (edit_json.h). A finished run is not worked on again.
/// Errors: as FindInLedger, llm::Client::Run and the scorer's.
Result<Json> EditTexts(const EditSetup& setup, std::span<const EditInput> inputs);

/// Keeps what was changed in the results of EditTexts since. Errors: as KeepInLedger.
Status KeepResults(const EditSetup& setup, std::span<const EditInput> inputs, const Json& results);

}  // namespace redraft::cli
