#pragma once

// Everything that decides a run, and its manifest: built from flags for a new run, read back from
// the ledger to resume, replay or rebuild one.

#include <string>

#include "redraft/cli/judge_choice.h"
#include "redraft/evolve/options.h"
#include "redraft/evolve/task.h"

namespace redraft::cli {

struct RunSetup {
  evolve::EvolveOptions options;
  evolve::Task task;
  ModelChoice writer;
  JudgeChoice judge;
  std::string judge_id;  ///< of the judge that is made from `judge`
  std::string document;  ///< path of the document in section mode; else of the brief
  std::string section;   ///< heading; empty: not a section run
};

/// The manifest of a new run: schema, tool version, brief, options, pack, rubric, judge, writer,
/// and the hashes of all prompts. Errors: as llm::PromptSha256.
Result<Json> MakeManifest(const RunSetup& setup);

/// Hash of what decides the run's result: the manifest without tool version, endpoint address,
/// limits and file names.
std::string Identity(const Json& manifest);

/// The setup of a manifest. Errors: kConfig when a prompt, the pack or the judge is no longer what
/// the run was made with (naming it).
Result<RunSetup> SetupFromManifest(const Json& manifest);

/// The values in which two manifests differ, one "path: old → new" per line; what does not decide
/// the result is left out.
std::string Difference(const Json& before, const Json& after);

}  // namespace redraft::cli
