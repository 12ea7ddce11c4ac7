#pragma once

// The evolution engine: AlphaWrite's loop, made a pure function of (options, task, judge, replies).
//
//   first drafts → gates → matches → ratings → selection → variants → gates → matches → …
//
// It does no I/O. Each stage is a set of independent jobs that are given to `run`; when they are
// done, their results are folded in slot order, so replies that arrive in any order give the same
// record. Resuming, replaying and rebuilding are therefore one thing: run the engine again over the
// replies that exist.
//
// Paper    T. Simonds, "AlphaWrite: Inference Time Compute Scaling for Writing" (Tufa Labs, 2025).
//          Kept: sizes, random style × theme, random objective per variant, Elo 1200/32, random
//          rounds, parents stay, everything re-ranked. Changed: gates, joint ratings, founder
//          quotas, a brake, and the last batch is judged (docs/decisions/0002).
// Threads  Run is called by one thread; `run` and `emit` are called from it.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "redraft/core/job.h"
#include "redraft/evolve/options.h"
#include "redraft/evolve/record.h"
#include "redraft/evolve/task.h"
#include "redraft/judge/judge.h"

namespace redraft::evolve {

/// A join point of the run.
struct Stage {
  std::string_view name;  ///< "draft", "vary" or "judge"
  int generation = 0;
};

/// Carries the jobs of one stage to their end (llm::Client::Run).
using RunJobs = std::function<Status(const Stage& stage, std::span<core::Job* const> jobs)>;

/// What happens, as it happens, in an order that does not depend on when replies arrive:
///   {"event":"stage","stage","generation","jobs"}        before a stage starts
///   {"event":"draft",…core::Draft}                       a slot is settled (accepted or gated)
///   {"event":"rejected","slot","reasons"}                a text was turned down by the gates
///   {"event":"verdict",…core::Verdict}                   in logged order
///   {"event":"brake","generation","fresh","why"}         diversity collapsed: fresh drafts go in
///   {"event":"generation",…GenerationFigures}            a population is ranked
using Emit = std::function<void(const Json& event)>;

/// Runs evolution to its end.
/// Errors: whatever `run` reports (budget, interruption, endpoint: run again to resume); kFailed
/// when fewer than two first drafts pass the gates, with the reasons counted.
Result<RunRecord> Evolve(const EvolveOptions& options, const Task& task, const judge::Judge& judge,
                         const RunJobs& run, const Emit& emit);

}  // namespace redraft::evolve
