#include <fmt/format.h>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/judge_check.h"
#include "redraft/cli/judge_pairs.h"
#include "redraft/cli/ledger_run.h"
#include "redraft/cli/llm_judge_flags.h"
#include "redraft/core/brief.h"
#include "redraft/judge/qualification_set.h"

namespace redraft::cli {
namespace {

struct JudgeFlags {
  ModelFlags models;
  LlmJudgeFlags llm_judge;
  std::string pairs, db, rubric, brief, pack = "fiction", orders = "both";
  bool list = false;
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

/// What `judge` and `judge check` have in common.
void DeclareJudgeFlags(Args& args, JudgeFlags& flags) {
  args.Option("--rubric", flags.rubric, "file with the criteria (default: the pack's)");
  args.Option("--pack", flags.pack, "kind of text: a pack's name, or a pack.toml");
  DeclareModelFlags(args, flags.models);
  DeclareLlmJudgeFlags(args, flags.llm_judge);
}

/// The built-in pairs in a form that --pairs, `judge` and `bench pairs` read.
Result<int> ListPairs() {
  REDRAFT_ASSIGN(const auto pairs, judge::DefaultPairs());
  for (const judge::QualificationPair& pair : pairs) {
    PrintLine(DumpJson({{"id", pair.id},
                        {"set", pair.of_twins ? "twins" : pair.kind},
                        {"stratum", fmt::format("grade {}", pair.grade)},
                        {"label", pair.label == judge::Label::kA ? "a" : "b"},
                        {"brief", pair.brief},
                        {"a", pair.a},
                        {"b", pair.b}}));
  }
  return 0;
}

void PrintCheck(const Judging& judging, const judge::Qualification& found) {
  Json object = {{"schema", "redraft.judge.check/1"}, {"judge", judging.judge().id()}};
  object.update(judge::ToJson(found));
  const core::Spent spent = judging.spent();
  const double verdicts = 2.0 * found.n;
  object["cost_per_verdict"] = {
      {"tokens_in", static_cast<double>(spent.usage.tokens_in) / verdicts},
      {"tokens_out", static_cast<double>(spent.usage.tokens_out) / verdicts},
      {"cost", spent.usage.cost / verdicts}};
  PrintLine(DumpJson(object));
  fmt::print(stderr, "{}: {}\n", judging.judge().id(), judge::Recommendation(found));
}

Result<int> RunJudgeCheck(const JudgeFlags& flags) {
  if (flags.list) return ListPairs();
  std::vector<judge::GoldPair> pairs;
  if (flags.pairs.empty()) {
    REDRAFT_ASSIGN(pairs, BuiltInGoldPairs());
  } else {
    REDRAFT_ASSIGN(pairs, ReadGoldPairs(flags.pairs, flags.seed));
  }
  REDRAFT_ASSIGN(LlmJudgeForm form, ResolveLlmJudge(flags.llm_judge, {}, flags.seed));
  REDRAFT_ASSIGN(Judging judging, Judging::Open(flags.models, flags.pack, flags.rubric, flags.seed,
                                                std::move(form)));
  judge::QualifyOptions options;
  options.seed = flags.seed;
  options.role = core::Role::kJudge;  // here the check is the work that limits are for
  judge::Qualification found;
  const auto check = [&]() -> Status {
    const auto run = [&](std::span<core::Job* const> jobs) { return judging.Run(jobs); };
    REDRAFT_ASSIGN(found, judge::QualifyJudge(pairs, judging.judge(), options, run));
    PrintCheck(judging, found);
    return Ok{};
  };
  if (flags.db.empty()) {
    REDRAFT_RETURN_IF_ERROR(check());
  } else {
    Json manifest = CheckManifest(judging.judge(), judging.choice(), pairs);
    manifest["seed"] = flags.seed;
    const auto on_record = [&](core::ReplyLog& log) -> Status {
      REDRAFT_RETURN_IF_ERROR(judging.Record(log));
      return check();
    };
    const auto run = WorkInLedger(flags.db, manifest, judging.judge().id(), on_record);
    if (!run) return Fail(run.error());
  }
  return found.accepted() ? 0 : ExitStatus(ErrorCode::kGateFailed);
}

void DeclareJudgeCheck(Args& root) {
  Args& args = root.Command("check", "find out whether a judge knows the better text");
  const auto flags = std::make_shared<JudgeFlags>();
  args.Option("--pairs", flags->pairs,
              R"(JSON Lines of {"id","a","b","label":"a|b|tie","brief"?}; - is standard input )"
              "(default: the built-in pairs)");
  args.Option("--seed", flags->seed, "draws the order in which the pairs of a file are asked");
  args.Option("--db", flags->db,
              "ledger that keeps the replies: an interrupted check goes on there");
  args.Flag("--list", flags->list, "print the built-in pairs as JSON Lines and judge nothing");
  DeclareJudgeFlags(args, *flags);
  args.Example("redraft judge check --judge llm --llm smollm2-135m-instruct");
  args.Example("redraft judge check --pairs gold.jsonl --judge reward");
  args.Run([flags] { return RunJudgeCheck(*flags); });
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
  args.Option("--seed", flags->seed, "seed of drawn orders and coins");
  DeclareJudgeFlags(args, *flags);
  DeclareJudgeCheck(args);
  args.Example("redraft judge --pairs pairs.jsonl --judge reward");
  args.Example(
      "redraft judge --pairs - --judge llm --endpoint http://127.0.0.1:8080/v1 --llm my-model");
  args.Run([flags] { return RunJudge(*flags); });
}

}  // namespace redraft::cli
