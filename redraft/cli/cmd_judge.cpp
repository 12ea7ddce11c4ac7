#include <fmt/format.h>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/judge_pairs.h"
#include "redraft/cli/llm_judge_flags.h"
#include "redraft/core/brief.h"

namespace redraft::cli {
namespace {

struct JudgeFlags {
  ModelFlags models;
  LlmJudgeFlags llm_judge;
  std::string pairs, rubric, brief, pack = "fiction", orders = "both";
  std::uint64_t seed = 1;
};

Result<int> RunJudge(const JudgeFlags& flags) {
  if (flags.pairs.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "--pairs is missing; give a JSON Lines file or -");
  }
  REDRAFT_ASSIGN(const judge::Orders orders, judge::ParseOrders(flags.orders));
  std::string brief;
  if (!flags.brief.empty()) {
    REDRAFT_ASSIGN(const std::string text, ReadTextFile(flags.brief, 4 << 20));
    REDRAFT_ASSIGN(const auto parsed, core::ParseBrief(text));
    brief = parsed.task;
  }
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(flags.pairs));
  REDRAFT_ASSIGN(LlmJudgeForm form, ResolveLlmJudge(flags.llm_judge, lines, flags.seed));
  REDRAFT_ASSIGN(Judging judging, Judging::Open(flags.models, flags.pack, flags.rubric, flags.seed,
                                                std::move(form)));
  int status = 0;
  REDRAFT_RETURN_IF_ERROR(JudgePairs(
      judging, lines, {brief, orders, flags.seed}, [&](const JsonLine& line, const auto& verdicts) {
        Result<Json> result = Fail(ErrorCode::kFailed, "");
        if (!verdicts) {
          result = Fail(verdicts.error());
        } else {
          result = judge::ToJson(judge::Combine(*verdicts, "a"), *verdicts, "a");
        }
        if (!PrintResult(line, result)) status = 1;
      }));
  return status;
}

}  // namespace

void DeclareJudge(Args& root) {
  Args& args = root.Command("judge", "judge pairs of texts");
  const auto flags = std::make_shared<JudgeFlags>();
  args.Option("--pairs", flags->pairs,
              R"(JSON Lines of {"id","a","b","brief"?}; - is standard input)");
  args.Choice("--orders", flags->orders, {"both", "random", "ab"}, "which text is shown first");
  args.Option("--brief", flags->brief,
              "what the texts were written for, when the lines do not say");
  args.Option("--rubric", flags->rubric, "file with the criteria (default: the pack's)");
  args.Option("--pack", flags->pack, "kind of text: a pack's name, or a pack.toml");
  args.Option("--seed", flags->seed, "seed of drawn orders and coins");
  DeclareModelFlags(args, flags->models);
  DeclareLlmJudgeFlags(args, flags->llm_judge);
  args.Example("redraft judge --pairs pairs.jsonl --judge reward");
  args.Example(
      "redraft judge --pairs - --judge llm --endpoint http://127.0.0.1:8080/v1 --llm my-model");
  args.Run([flags] { return RunJudge(*flags); });
}

}  // namespace redraft::cli
