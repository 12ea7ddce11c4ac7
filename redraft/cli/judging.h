#pragma once

// A judge ready to work outside a run of evolution: `judge`, `judge check` and `rank`.

#include <memory>
#include <string>

#include "redraft/cli/judge_check.h"
#include "redraft/cli/llm_judge_flags.h"
#include "redraft/cli/model_options.h"
#include "redraft/core/reply_log.h"

namespace redraft::cli {

class Judging {
 public:
  /// Opens what the judge needs: nothing for local judges, else an endpoint or a program.
  /// Replies are kept in memory. Errors: kInvalidArgument when `form` asks something of a judge
  /// that is no LLM.
  static Result<Judging> Open(const ModelFlags& flags, const std::string& pack,
                              const std::string& rubric_file, std::uint64_t seed,
                              const LlmJudgeForm& form = {});

  /// Keeps replies in `log` from now on and takes those that it has; before anything was asked.
  Status Record(core::ReplyLog& log);

  const judge::Judge& judge() const { return *judge_; }
  const JudgeChoice& choice() const { return choice_; }
  /// Checks the judge, or takes it unchecked where `flags` say so. Errors: as CheckJudge.
  Result<JudgeStanding> Standing(const ModelFlags& flags) const;
  /// Carries matches to their end; before the first, what is wrong with the judge's servers is
  /// said. Errors: as CheckJudgeServers and llm::Client::Run.
  Status Run(std::span<core::Job* const> jobs);
  /// What answered and failed calls have consumed so far.
  core::Spent spent() const;

 private:
  std::unique_ptr<core::MemoryReplyLog> memory_ = std::make_unique<core::MemoryReplyLog>();
  core::ReplyLog* log_ = memory_.get();
  std::unique_ptr<llm::Client> client_;
  std::unique_ptr<judge::Judge> judge_;
  JudgeChoice choice_;
  core::Pack pack_;
  core::Rubric rubric_;
  ModelFlags flags_;
  std::uint64_t seed_ = 0;
  bool servers_checked_ = false;
};

}  // namespace redraft::cli
