#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "redraft/base/assets.h"
#include "redraft/base/hash.h"
#include "redraft/base/toml.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/judge_pairs.h"
#include "redraft/cli/llm_judge_flags.h"
#include "redraft/judge/pair_bench.h"
#include "redraft/text/words.h"

namespace redraft::cli {
namespace {

struct BenchFlags {
  ModelFlags models;
  LlmJudgeFlags llm_judge;
  std::vector<std::string> files;
  std::string rubric, pack = "fiction", orders = "both";
  std::uint64_t seed = 1;
  bool json = false;
};

Result<judge::BenchRow> RowOf(const Json& line, const std::string& file,
                              const std::vector<core::Verdict>& verdicts) {
  judge::BenchRow row;
  REDRAFT_ASSIGN(row.label, LabelMember(line));
  REDRAFT_ASSIGN(const std::string a, TextMember(line, "a"));
  REDRAFT_ASSIGN(const std::string b, TextMember(line, "b"));
  if (a == b) {
    return Fail(ErrorCode::kInvalidArgument, "a and b are the same text; nothing can be better");
  }
  row.set = NameMember(line, "set");
  if (row.set.empty()) row.set = file;
  row.stratum = NameMember(line, "stratum");
  row.group = NameMember(line, "group");
  row.pair = a < b ? Sha256Hex(a) + Sha256Hex(b) : Sha256Hex(b) + Sha256Hex(a);
  row.p_a = judge::Combine(verdicts, "a").p_a;
  row.asymmetry = judge::Asymmetry(verdicts);
  row.words_a = text::CountWords(a);
  row.words_b = text::CountWords(b);
  return row;
}

std::string Percent(double share) { return fmt::format("{:.1f}", 100 * share); }

std::string Range(const stats::Interval& interval) {
  return fmt::format("[{:.1f}, {:.1f}]", 100 * interval.lo, 100 * interval.hi);
}

void PrintAccuracy(const judge::Accuracy& part, const std::string& name) {
  PrintLine(fmt::format("  {:<26} {:>6} {:>7} {:>9} {:>14}", name, part.rows, part.unique,
                        Percent(part.accuracy), Range(part.wilson)));
}

void PrintSets(const std::vector<judge::SetResult>& sets, const std::string& judge) {
  PrintLine(fmt::format("Judge {}; accuracy in percent, 95 % intervals over unique pairs", judge));
  PrintLine(fmt::format("  {:<26} {:>6} {:>7} {:>9} {:>14}", "set", "rows", "unique", "accuracy",
                        "Wilson"));
  for (const judge::SetResult& set : sets) {
    PrintAccuracy(set.all, set.all.name);
    for (const judge::Accuracy& part : set.strata) PrintAccuracy(part, "  " + part.name);
    for (const judge::Accuracy& part : set.length_strata)
      PrintAccuracy(part, "  better text " + part.name);
    PrintLine(fmt::format("    by groups {}, length-balanced {}, shorter wins {}, longer wins {}",
                          Range(set.cluster),
                          set.balanced_length ? Percent(*set.balanced_length) : "none",
                          Percent(set.shorter_wins), Percent(set.longer_wins)));
    std::string slope = "none";
    if (set.slope) {
      slope = fmt::format("{:.2f} [{:.2f}, {:.2f}]", *set.slope, set.slope_interval.lo,
                          set.slope_interval.hi);
    }
    PrintLine(fmt::format("    calibration error {:.3f}, reliability slope {}, no verdict {}",
                          set.ece, slope, set.no_verdict));
    if (set.asymmetry) {
      PrintLine(
          fmt::format("    P(a,b) + P(b,a) differs from 1 by at most {:.3g}", *set.asymmetry));
    }
    if (set.all.unique >= 20 && set.all.wilson.hi < 0.5)
      PrintLine("    below chance: are the labels the wrong way round?");
  }
}

Result<Json> Published() {
  REDRAFT_ASSIGN(const std::string_view text, FindAsset("data/published.toml"));
  return ParseToml(text, "data/published.toml");
}

void PrintPublished(const Json& published) {
  PrintLine(fmt::format("\nPublished, on sets of these names ({}):",
                        published["source"].get<std::string>()));
  std::string heading = fmt::format("  {:<26}", "model");
  for (const Json& set : published["sets"])
    heading += fmt::format(" {:>16}", set.get<std::string>());
  PrintLine(heading);
  for (const auto& [model, values] : published["models"].items()) {
    std::string line = fmt::format("  {:<26}", model);
    for (const Json& value : values) line += fmt::format(" {:>16.1f}", value.get<double>());
    PrintLine(line);
  }
}

Result<int> BenchPairs(const BenchFlags& flags) {
  PairOptions options;
  REDRAFT_ASSIGN(options.orders, judge::ParseOrders(flags.orders));
  options.seed = flags.seed;
  REDRAFT_ASSIGN(const Json published, Published());
  std::vector<JsonLine> lines;
  std::vector<std::size_t> ends;  // of each file in `lines`
  for (const std::string& file : flags.files) {
    REDRAFT_ASSIGN(auto more, ReadJsonLines(file));
    std::ranges::move(more, std::back_inserter(lines));
    ends.push_back(lines.size());
  }
  REDRAFT_ASSIGN(LlmJudgeForm form, ResolveLlmJudge(flags.llm_judge, lines, flags.seed));
  REDRAFT_ASSIGN(Judging judging, Judging::Open(flags.models, flags.pack, flags.rubric, flags.seed,
                                                std::move(form)));
  int status = 0;
  std::vector<judge::BenchRow> rows;
  for (std::size_t i = 0, start = 0; i < flags.files.size(); start = ends[i++]) {
    const std::string& file = flags.files[i];
    const auto part = std::span(lines).subspan(start, ends[i] - start);
    REDRAFT_RETURN_IF_ERROR(
        JudgePairs(judging, part, options, [&](const JsonLine& line, const auto& verdicts) {
          Result<judge::BenchRow> row = verdicts ? RowOf(*line.value, file, *verdicts)
                                                 : Result<judge::BenchRow>(Fail(verdicts.error()));
          if (row) {
            rows.push_back(std::move(*row));
            return;
          }
          fmt::print(stderr, "redraft: error: {} line {}: {}\n", file, line.number,
                     row.error().message);
          status = 1;
        }));
  }
  if (rows.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "there is no labelled pair; lines are {\"id\",\"a\",\"b\",\"label\":\"a|b|tie\"}");
  }
  const auto sets = judge::SummarisePairs(rows, Rng(flags.seed).Fork("bench/pairs"));
  if (flags.json) {
    Json object = {{"schema", "redraft.bench.pairs/1"}, {"judge", judging.judge().id()}};
    object.update(judge::ToJson(sets));
    object["published"] = published;
    PrintLine(DumpJson(object));
  } else {
    PrintSets(sets, judging.judge().id());
    PrintPublished(published);
  }
  return status;
}

}  // namespace

void DeclareBench(Args& root) {
  Args& bench = root.Command("bench", "measure judges on texts with known answers");
  Args& pairs = bench.Command("pairs", "accuracy of a judge on labelled pairs");
  const auto flags = std::make_shared<BenchFlags>();
  pairs.Positional(
      "files", flags->files,
      R"(JSON Lines of {"id","a","b","label":"a|b|tie","set"?,"stratum"?,"group"?}; - is standard input)");
  pairs.Choice("--orders", flags->orders, {"both", "random", "ab"}, "which text is shown first");
  pairs.Option("--rubric", flags->rubric, "file with the criteria (default: the pack's)");
  pairs.Option("--pack", flags->pack, "kind of text: a pack's name, or a pack.toml");
  pairs.Option("--seed", flags->seed, "seed of drawn orders and of the bootstrap");
  pairs.Flag("--json", flags->json, "print one JSON object");
  DeclareModelFlags(pairs, flags->models);
  DeclareLlmJudgeFlags(pairs, flags->llm_judge);
  pairs.Example("redraft bench pairs pairs.jsonl --judge reward");
  pairs.Example("redraft bench pairs pairs.jsonl --judge rule:shorter --json");
  pairs.Example("redraft bench pairs pairs.jsonl --judge llm --form label --shots examples.jsonl");
  pairs.Run([flags] { return BenchPairs(*flags); });
  DeclareBenchAttack(bench);
  DeclareBenchHostile(bench);
  DeclareBenchContent(bench);
  DeclareBenchEdit(bench);
}

}  // namespace redraft::cli
