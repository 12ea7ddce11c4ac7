#include "redraft/cli/judging.h"

#include "redraft/base/file.h"
#include "redraft/cli/judge_choice.h"

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
  REDRAFT_ASSIGN(const JudgeChoice choice, ResolveJudge(spec, flags, config, form));
  Judging judging;
  REDRAFT_ASSIGN(judging.judge_, MakeJudge(choice, pack, rubric));
  judging.client_ =
      std::make_unique<llm::Client>(*judging.log_, ClientOptionsFor(flags, choice.llm, seed));
  REDRAFT_RETURN_IF_ERROR(AddJudgeEndpoints(*judging.client_, choice, choice.llm, flags));
  return judging;
}

core::Spent Judging::spent() const { return *log_->Total(); }

}  // namespace redraft::cli
