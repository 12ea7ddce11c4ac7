#include <fmt/format.h>

#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judging.h"
#include "redraft/judge/hostile.h"

namespace redraft::cli {
namespace {

struct HostileFlags {
  ModelFlags models;
  LlmJudgeFlags llm_judge;
  std::string pack = "fiction";
  std::uint64_t seed = 1;
  bool json = false;
};

Json ToJson(const judge::AttackResult& result) {
  return {{"id", result.id},
          {"kind", result.kind},
          {"shown", result.shown},
          {"parsed", result.parsed},
          {"flipped", result.flipped},
          {"lost", result.lost},
          {"gain", result.gain},
          {"logit_gain", result.logits > 0 ? Json(result.logit_gain) : Json(nullptr)}};
}

Result<int> BenchHostile(const HostileFlags& flags) {
  REDRAFT_ASSIGN(LlmJudgeForm form, ResolveLlmJudge(flags.llm_judge, {}, flags.seed));
  REDRAFT_ASSIGN(const auto attacks, judge::HostileAttacks());
  REDRAFT_ASSIGN(const auto pairs, judge::HostilePairs());
  REDRAFT_ASSIGN(Judging judging,
                 Judging::Open(flags.models, flags.pack, "", flags.seed, std::move(form)));
  REDRAFT_ASSIGN(const auto results, judge::MeasureAttacks(attacks, pairs, judging.judge(),
                                                           [&](std::span<core::Job* const> jobs) {
                                                             return judging.Run(jobs);
                                                           }));
  judge::AttackResult total{"all", "all"};
  for (const judge::AttackResult& result : results) {
    total.shown += result.shown;
    total.parsed += result.parsed;
    total.flipped += result.flipped;
    total.lost += result.lost;
    total.gain += result.gain * result.parsed;
    total.logit_gain += result.logit_gain * result.logits;
    total.logits += result.logits;
  }
  if (total.parsed > 0) total.gain /= total.parsed;
  if (total.logits > 0) total.logit_gain /= total.logits;
  if (flags.json) {
    Json rows = Json::array();
    for (const auto& result : results) rows.push_back(ToJson(result));
    PrintLine(DumpJson({{"schema", "redraft.bench.hostile/1"},
                        {"judge", judging.judge().id()},
                        {"attacks", rows},
                        {"total", ToJson(total)}}));
    return 0;
  }
  PrintLine(fmt::format("Judge {}: each attack in both slots of {} pairs against its clean twin",
                        judging.judge().id(), pairs.size()));
  PrintLine(fmt::format("  {:<22}{:<12}{:>8}{:>8}{:>6}{:>9}{:>9}", "attack", "kind", "parsed",
                        "flipped", "lost", "gain", "log-odds"));
  const auto row = [](const judge::AttackResult& result) {
    PrintLine(fmt::format(
        "  {:<22}{:<12}{:>8}{:>8}{:>6}{:>+9.3f}{:>9}", result.id, result.kind,
        fmt::format("{}/{}", result.parsed, result.shown), result.flipped, result.lost, result.gain,
        result.logits > 0 ? fmt::format("{:+.2f}", result.logit_gain) : std::string("-")));
  };
  for (const judge::AttackResult& result : results) row(result);
  row(total);
  return 0;
}

}  // namespace

void DeclareBenchHostile(Args& bench) {
  Args& args = bench.Command("hostile", "what texts that attack their judge gain by it");
  const auto flags = std::make_shared<HostileFlags>();
  args.Option("--pack", flags->pack, "kind of text: a pack's name, or a pack.toml");
  args.Option("--seed", flags->seed, "seed of judges that toss coins");
  args.Flag("--json", flags->json, "print the result as JSON");
  DeclareModelFlags(args, flags->models);
  DeclareLlmJudgeFlags(args, flags->llm_judge);
  args.Example("redraft bench hostile --judge llm --llm smollm2-135m-instruct --form label");
  args.Run([flags] { return BenchHostile(*flags); });
}

}  // namespace redraft::cli
