#pragma once

// Asking writers for the texts of `redraft bench content`: each brief in both wordings, the same
// request to every writer. With a ledger the calls are a run of their own; running the command
// again asks nothing that is answered.

#include <string>
#include <vector>

#include "redraft/cli/content_inputs.h"
#include "redraft/cli/model_options.h"

namespace redraft::cli {

struct ContentWriter {
  std::string name;  ///< of the source
  ModelChoice model;
};

/// Reads NAME=MODEL[@ENDPOINT]; without @ENDPOINT the writer is asked where --endpoint says.
/// Errors: kInvalidArgument; as ChooseModel.
Result<ContentWriter> ParseWriter(const std::string& argument, const ModelFlags& flags,
                                  const Config& config);

struct WritingOptions {
  ModelFlags flags;
  std::string db;    ///< ledger file; empty: replies are kept in memory only
  std::string name;  ///< of the run, for people
  int samples = 1;   ///< texts per brief and wording
  double temperature = 1.0;
  int reply_tokens = 2048;  ///< longest reply; with its prompt it must fit the model's context
  std::uint64_t seed = 1;
};

struct Written {
  std::vector<SourceText> texts;  ///< by writer, brief, wording and sample; cleaned
  int empty = 0;                  ///< replies that held no text and are not among them
  core::Spent spent;              ///< by the run, earlier sessions included
};

/// Errors: kInvalidArgument for two writers with one model; as llm::Client::Run; the ledger's.
Result<Written> AskWriters(const std::vector<ContentWriter>& writers,
                           const std::vector<ContentBrief>& briefs, const WritingOptions& options);

}  // namespace redraft::cli
