#include "redraft/cli/judging.h"

#include <utility>

#include "redraft/base/file.h"
#include "redraft/cli/endpoint_check.h"
#include "redraft/cli/judge_choice.h"
#include "redraft/cli/judge_opening.h"

namespace redraft::cli {

Result<Judging> Judging::Open(const ModelFlags& flags, const std::string& pack_name,
                              const std::string& rubric_file, std::uint64_t seed,
                              const LlmJudgeForm& form) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.config));
  REDRAFT_ASSIGN(const core::Pack pack, core::LoadPack(pack_name));
  core::Rubric rubric = pack.rubric;
  if (!rubric_file.empty()) {
    REDRAFT_ASSIGN(const std::string text, ReadTextFile(rubric_file, 1 << 20));
    REDRAFT_ASSIGN(rubric, core::ParseRubric(text));
  }
  const std::string spec = !flags.judge.empty()    ? flags.judge
                           : !config.judge.empty() ? config.judge
                                                   : "reward";
  REDRAFT_ASSIGN(JudgeChoice choice, ResolveJudge(spec, flags, config, form));
  Judging judging;
  REDRAFT_ASSIGN(judging.judge_, MakeJudge(choice, pack, rubric));
  judging.choice_ = std::move(choice);
  judging.pack_ = pack;
  judging.rubric_ = std::move(rubric);
  judging.flags_ = flags;
  judging.seed_ = seed;
  REDRAFT_RETURN_IF_ERROR(judging.Record(*judging.memory_));
  return judging;
}

Status Judging::Record(core::ReplyLog& log) {
  log_ = &log;
  REDRAFT_ASSIGN(const llm::ClientOptions options, ClientOptionsFor(flags_, choice_.llm, seed_));
  client_ = std::make_unique<llm::Client>(log, options);
  return AddJudgeEndpoints(*client_, choice_, flags_);
}

Result<JudgeStanding> Judging::Standing(const ModelFlags& flags) const {
  if (flags.accept_judge) return JudgeStanding{};
  return CheckJudge(choice_, pack_, rubric_, flags);
}

Status Judging::Run(std::span<core::Job* const> jobs) {
  if (!std::exchange(servers_checked_, true)) {
    REDRAFT_RETURN_IF_ERROR(CheckJudgeServers(choice_, flags_, 0));
  }
  return client_->Run(jobs);
}

core::Spent Judging::spent() const { return *log_->Total(); }

}  // namespace redraft::cli
