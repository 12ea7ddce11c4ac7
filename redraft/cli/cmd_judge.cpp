#include <fmt/format.h>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judging.h"
#include "redraft/core/brief.h"
#include "redraft/judge/pair_verdict.h"

namespace redraft::cli {
namespace {

/// Pairs judged together; their lines are printed when all of them are done.
constexpr std::size_t kBatch = 512;

struct JudgeFlags {
  ModelFlags models;
  std::string pairs, rubric, brief, pack = "fiction", orders = "both";
  std::uint64_t seed = 1;
};

/// A pair's bouts being judged, or why it cannot be.
struct Pair {
  const JsonLine* line = nullptr;
  Result<Ok> status = Ok{};
  std::vector<std::unique_ptr<judge::Match>> matches;
};

Result<std::vector<judge::Bout>> BoutsFor(const Json& line, const JudgeFlags& flags,
                                          const std::string& brief, judge::Orders orders) {
  judge::Bout pair;
  pair.first.id = "a";
  pair.second.id = "b";
  REDRAFT_ASSIGN(pair.first.text, TextMember(line, "a"));
  REDRAFT_ASSIGN(pair.second.text, TextMember(line, "b"));
  pair.brief = brief;
  if (line.contains("brief") && line["brief"].is_string())
    pair.brief = line["brief"].get<std::string>();
  pair.seed = flags.seed;
  return judge::BoutsOf(pair, orders);
}

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
  REDRAFT_ASSIGN(Judging judging,
                 Judging::Open(flags.models, flags.pack, flags.rubric, flags.seed));
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(flags.pairs));
  int status = 0;
  for (std::size_t start = 0; start < lines.size(); start += kBatch) {
    std::vector<Pair> batch;
    std::vector<core::Job*> jobs;
    for (std::size_t i = start; i < std::min(start + kBatch, lines.size()); ++i) {
      Pair& pair = batch.emplace_back();
      pair.line = &lines[i];
      auto bouts = lines[i].value ? BoutsFor(*lines[i].value, flags, brief, orders)
                                  : Result<std::vector<judge::Bout>>(Fail(lines[i].value.error()));
      if (!bouts) {
        pair.status = Fail(bouts.error());
        continue;
      }
      for (judge::Bout& bout : *bouts) {
        pair.matches.push_back(judging.judge().Play(std::move(bout)));
        jobs.push_back(pair.matches.back().get());
      }
    }
    REDRAFT_RETURN_IF_ERROR(judging.Run(jobs));
    for (const Pair& pair : batch) {
      Result<Json> result = Fail(ErrorCode::kFailed, "");
      if (!pair.status) {
        result = Fail(pair.status.error());
      } else {
        std::vector<core::Verdict> verdicts;
        for (const auto& match : pair.matches) verdicts.push_back(match->verdict());
        result = judge::ToJson(judge::Combine(verdicts, "a"), verdicts, "a");
      }
      if (!PrintResult(*pair.line, result)) status = 1;
    }
  }
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
  args.Example("redraft judge --pairs pairs.jsonl --judge reward");
  args.Example(
      "redraft judge --pairs - --judge llm --endpoint http://127.0.0.1:8080/v1 --llm my-model");
  args.Run([flags] { return RunJudge(*flags); });
}

}  // namespace redraft::cli
