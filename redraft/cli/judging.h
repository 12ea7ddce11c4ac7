#pragma once

// A judge ready to work outside a run: `judge` and `rank`. Replies are kept in memory only.

#include <memory>
#include <string>

#include "redraft/cli/llm_judge_flags.h"
#include "redraft/cli/model_options.h"
#include "redraft/core/reply_log.h"

namespace redraft::cli {

class Judging {
 public:
  /// Opens what the judge needs: nothing for local judges, else an endpoint or a program.
  /// Errors: kInvalidArgument when `form` asks something of a judge that is no LLM.
  static Result<Judging> Open(const ModelFlags& flags, const std::string& pack,
                              const std::string& rubric_file, std::uint64_t seed,
                              LlmJudgeForm form = {});

  const judge::Judge& judge() const { return *judge_; }
  /// Carries matches to their end. Errors: as llm::Client::Run.
  Status Run(std::span<core::Job* const> jobs) { return client_->Run(jobs); }
  /// What answered and failed calls have consumed so far.
  core::Spent spent() const;

 private:
  std::unique_ptr<core::MemoryReplyLog> log_ = std::make_unique<core::MemoryReplyLog>();
  std::unique_ptr<llm::Client> client_;
  std::unique_ptr<judge::Judge> judge_;
};

}  // namespace redraft::cli
