#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "redraft/base/parallel.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/rank_texts.h"
#include "redraft/reward/model.h"
#include "redraft/reward/robustness.h"
#include "redraft/stats/intervals.h"

namespace redraft::cli {
namespace {

struct Options {
  std::vector<std::string> texts;
  std::vector<std::string> against;
  std::string model = "reward";
  int climbs = 50;
  int steps = 500;
  std::uint64_t seed = 1;
  bool json = false;
};

Result<std::vector<std::string>> TextsOf(const std::vector<std::string>& paths) {
  REDRAFT_ASSIGN(const auto contenders, ReadTexts(paths));
  std::vector<std::string> texts;
  for (const auto& contender : contenders) texts.push_back(contender.text);
  return texts;
}

double Median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

struct Climbs {
  std::size_t count = 0, began_below = 0, crossed = 0;
  double start = 0, end = 0;  ///< medians
};

/// Climbs from `count` of the texts, spread over them, with sentences of all texts to put in.
Climbs RunClimbs(const reward::RewardModel& model, const std::vector<std::string>& texts,
                 double bar, const Options& options) {
  std::vector<std::string> pool;
  for (const std::string& text : texts) {
    const reward::Passage passage(text);
    for (const auto& sentence : passage.sentences()) pool.emplace_back(sentence.text);
  }
  const std::size_t count =
      std::min<std::size_t>(static_cast<std::size_t>(options.climbs), texts.size());
  std::vector<reward::Climb> climbs(count);
  ParallelFor(count, [&](std::size_t i) {
    climbs[i] = reward::ClimbScore(model, texts[i * texts.size() / count], pool,
                                   static_cast<std::size_t>(options.steps),
                                   Rng(options.seed).Fork(fmt::format("climb/{}", i)));
  });
  Climbs result;
  result.count = count;
  std::vector<double> starts, ends;
  for (const reward::Climb& climb : climbs) {
    starts.push_back(climb.start);
    ends.push_back(climb.end);
    if (climb.start >= bar) continue;
    ++result.began_below;
    result.crossed += climb.end >= bar ? 1U : 0U;
  }
  result.start = Median(starts);
  result.end = Median(ends);
  return result;
}

Result<int> BenchAttack(const Options& options) {
  if (options.climbs < 0 || options.steps < 0) {
    return Fail(ErrorCode::kInvalidArgument, "--climbs and --steps must be 0 or more");
  }
  REDRAFT_ASSIGN(const reward::RewardModel model, reward::OpenRewardModel(options.model));
  REDRAFT_ASSIGN(const std::vector<std::string> texts, TextsOf(options.texts));
  std::vector<std::string> better = texts;
  if (!options.against.empty()) {
    REDRAFT_ASSIGN(better, TextsOf(options.against));
  }
  if (texts.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument,
                "give at least two texts: one lends sentences to the other");
  }
  const Rng rng(options.seed);
  std::vector<std::string> all = texts;
  if (!options.against.empty()) all.insert(all.end(), better.begin(), better.end());
  std::vector<double> scores, bar_scores;
  for (const std::string& text : all) scores.push_back(model.Score(text));
  for (const std::string& text : better) bar_scores.push_back(model.Score(text));
  const double bar = Median(bar_scores);
  const auto kinds = reward::MeasureRobustness(model, all, rng.Fork("corruptions"));
  const auto empty = reward::ScoreEmptiness(model, 200, rng.Fork("emptiness"));
  const double real = Median(scores);
  const auto above = std::count_if(empty.begin(), empty.end(), [&](double s) { return s > real; });
  const Climbs climbs = RunClimbs(model, texts, bar, options);

  Json rows = Json::object();
  for (std::size_t i = 0; i < reward::kCorruptions; ++i) {
    const auto& kind = kinds[i];
    const double n = static_cast<double>(kind.texts);
    const stats::Interval wilson = stats::Wilson(kind.compared * n, n);
    rows[std::string(reward::NameOf(static_cast<reward::Corruption>(i)))] = {
        {"texts", kind.texts},
        {"compared", kind.compared},
        {"wilson", {wilson.lo, wilson.hi}},
        {"scored", kind.scored}};
  }
  if (options.json) {
    PrintLine(DumpJson({{"schema", "redraft.bench.attack/1"},
                        {"model", model.id()},
                        {"texts", all.size()},
                        {"corruptions", rows},
                        {"empty", {{"texts", empty.size()}, {"above_median", above}}},
                        {"climbs",
                         {{"count", climbs.count},
                          {"steps", options.steps},
                          {"start", climbs.start},
                          {"end", climbs.end},
                          {"bar", bar},
                          {"began_below", climbs.began_below},
                          {"crossed", climbs.crossed}}}}));
    return 0;
  }
  PrintLine(fmt::format("Model {}; a text preferred to its corruption, percent of {} texts",
                        model.id(), all.size()));
  PrintLine(
      fmt::format("  {:<18} {:>9} {:>14} {:>9}", "corruption", "compared", "95 %", "by score"));
  for (const auto& [name, row] : rows.items()) {
    PrintLine(fmt::format("  {:<18} {:>9.1f} {:>14} {:>9.1f}", name,
                          100 * row["compared"].get<double>(),
                          fmt::format("[{:.1f}, {:.1f}]", 100 * row["wilson"][0].get<double>(),
                                      100 * row["wilson"][1].get<double>()),
                          100 * row["scored"].get<double>()));
  }
  PrintLine(
      fmt::format("  texts that say nothing above the median text: {} of {}", above, empty.size()));
  PrintLine(
      fmt::format("  {} climbs of {} steps: median {:.2f} to {:.2f}, median of the better texts "
                  "{:.2f}; {} of {} that began below it crossed it",
                  climbs.count, options.steps, climbs.start, climbs.end, bar, climbs.crossed,
                  climbs.began_below));
  return 0;
}

}  // namespace

void DeclareBenchAttack(Args& bench) {
  Args& attack = bench.Command(
      "attack", "what a reward model can be fooled with: corruptions, filler, hill climbing");
  auto options = std::make_shared<Options>();
  attack.Positional("texts", options->texts, "text files, folders, JSON Lines of {\"id\",\"text\"}")
      .Option("--against", options->against,
              "texts known to be better: a climb should not reach their median")
      .Option("--model", options->model, "reward (built in), or a file made by train reward")
      .Option("--climbs", options->climbs, "how many texts to climb from")
      .Option("--steps", options->steps, "edits tried in a climb")
      .Option("--seed", options->seed, "seed of the corruptions and climbs")
      .Flag("--json", options->json, "print the result as JSON")
      .Example("redraft bench attack drafts.jsonl --against edits.jsonl")
      .Run([options] { return BenchAttack(*options); });
}

}  // namespace redraft::cli
