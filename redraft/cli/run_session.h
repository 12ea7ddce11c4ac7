#pragma once

// Working on one run of the ledger: start, resume, replay, rebuild are all the same walk of the
// engine over the replies that exist, with or without somebody to ask for more.

#include <optional>
#include <string>

#include "redraft/cli/judge_check.h"
#include "redraft/cli/run_setup.h"
#include "redraft/store/ledger.h"

namespace redraft::cli {

struct SessionOptions {
  ModelFlags flags;
  bool json = false;   ///< events as JSON Lines on standard output
  std::string output;  ///< file for the best text; empty: standard output, or the document
  std::optional<JudgeStanding> standing;  ///< of the judge, where it is known already
};

/// How the judge of a run stands: checked, or accepted unchecked because the run's options say so.
/// What is wrong with one of the run's servers is said before that.
/// Errors: as CheckServers and CheckJudge.
Result<JudgeStanding> StandingOf(const RunSetup& setup, const ModelFlags& flags);

/// The state of a run that an error ended.
store::RunState StateOf(ErrorCode code);

/// Asks what is left to ask, and brings the run to its end. Of a finished run it only repeats the
/// result. A judge whose standing is not known is checked first.
/// Errors: budget, interruption, endpoint (the run stays resumable), another process at work; as
/// StandingOf.
Result<int> WorkOn(store::Ledger& ledger, const store::Run& run, const RunSetup& setup,
                   const SessionOptions& options);

/// Runs the engine over the ledger alone and prints what the run printed. Errors: kConfig when a
/// reply is missing; kFailed when the result differs from the one on record.
Result<int> Replay(store::Ledger& ledger, const store::Run& run, const SessionOptions& options);

/// Makes a finished run's drafts, verdicts, ratings and events anew from its replies.
/// Errors: as Replay.
Status Rebuild(store::Ledger& ledger, const store::Run& run);

}  // namespace redraft::cli
