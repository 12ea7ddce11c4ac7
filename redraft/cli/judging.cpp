#include "redraft/cli/judging.h"

#include <fmt/format.h>

#include "redraft/base/file.h"

namespace redraft::cli {

Result<Judging> Judging::Open(const ModelFlags& flags, const std::string& pack_name,
                              const std::string& rubric_file, std::uint64_t seed,
                              LlmJudgeForm form) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.config));
  REDRAFT_ASSIGN(const core::Pack pack, core::LoadPack(pack_name));
  core::Rubric rubric = pack.rubric;
  if (!rubric_file.empty()) {
    REDRAFT_ASSIGN(const std::string text, ReadTextFile(rubric_file, 1 << 20));
    REDRAFT_ASSIGN(rubric, core::ParseRubric(text));
  }
  JudgeChoice choice;
  choice.spec = !flags.judge.empty()    ? flags.judge
                : !config.judge.empty() ? config.judge
                                        : "reward";
  Judging judging;
  ModelChoice model;
  if (choice.spec == "llm") {
    REDRAFT_ASSIGN(model, ChooseModel(flags, config));
    choice.model = RequestModel(model);
    choice.form = form.form.value_or(DefaultForm(model));
    choice.shots = std::move(form.shots);
  } else if (form.form || !form.shots.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--form and --shots say how an LLM is asked; with --judge {} there is "
                            "none: use --judge llm, or leave them out",
                            choice.spec));
  }
  REDRAFT_ASSIGN(judging.judge_, MakeJudge(choice, pack, rubric));
  judging.client_ =
      std::make_unique<llm::Client>(*judging.log_, ClientOptionsFor(flags, model, seed));
  REDRAFT_RETURN_IF_ERROR(AddJudgeEndpoints(*judging.client_, choice, model, flags));
  return judging;
}

core::Spent Judging::spent() const { return *log_->Total(); }

}  // namespace redraft::cli
