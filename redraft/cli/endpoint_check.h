#pragma once

// Whether a server can do what it shall: briefly before a run, and in full for
// `redraft doctor --endpoint`, whose findings are kept in the cache folder and used by later runs.

#include "redraft/cli/judge_choice.h"

namespace redraft::cli {

/// llm::Preflight at every server of the choice. Errors: as there.
Status CheckServers(const ModelChoice& choice, const ModelFlags& flags, bool labels, int tokens);

/// The same for the LLMs of a judge.
Status CheckJudgeServers(const JudgeChoice& judge, const ModelFlags& flags, int tokens);

/// Probes every server of the choice anew, keeps what it finds, and prints it. 0, or 4 when one of
/// them does not answer. Errors: as OpenServer.
Result<int> ReportEndpoints(const ModelChoice& choice, const ModelFlags& flags, bool json);

}  // namespace redraft::cli
