#include "redraft/cli/train_lm.h"

#include <fmt/format.h>

#include <chrono>

#include "redraft/base/clock.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/lm_reader.h"
#include "redraft/reward/lm_trainer.h"

namespace redraft::cli {
namespace {

Json OrderJson(const reward::LmOrder& order) {
  return {{"texts", order.texts},
          {"full", order.full},
          {"with_lm", order.mixed},
          {"likelihood_alone", order.likelihood}};
}

Json ReportJson(const reward::LmReport& report) {
  Json table = Json::array();
  for (const reward::LmCell& cell : report.table) {
    table.push_back({{"family", NameOf(cell.family)},
                     {"data", NameOf(cell.kind)},
                     {"pairs", cell.pairs},
                     {"accuracy", cell.accuracy},
                     {"wilson", cell.wilson},
                     {"gain", cell.gain},
                     {"gain_bound", cell.gain_bound}});
  }
  return {{"pairs", report.pairs},
          {"pairs_read", report.read},
          {"folds", report.folds},
          {"full_of_all_pairs", report.full_of_all},
          {"families", table},
          {"winner", report.winner ? Json(NameOf(*report.winner)) : Json()},
          {"sentence_shuffle", OrderJson(report.shuffled)},
          {"sentence_swap", OrderJson(report.swapped)}};
}

void PrintOrder(const char* name, const reward::LmOrder& order) {
  PrintLine(fmt::format(
      "{}, {} texts: full model {:.1f} %, with the language model {:.1f} %, likelihood alone "
      "{:.1f} %",
      name, order.texts, 100 * order.full, 100 * order.mixed, 100 * order.likelihood));
}

void PrintReport(const reward::LmReport& report) {
  PrintLine(fmt::format(
      "{} of {} pairs read; leave one out, {} folds; the full model on all of them {:.1f} %",
      report.read, report.pairs, report.folds, 100 * report.full_of_all));
  PrintLine(fmt::format("  {:<24} {:<7} {:>8} {:>14} {:>22}", "family", "data", "accuracy", "95 %",
                        "gain on full (above)"));
  for (const reward::LmCell& cell : report.table) {
    PrintLine(
        fmt::format("  {:<24} {:<7} {:>8.1f} {:>14} {:>+12.1f} ({:+.1f})", NameOf(cell.family),
                    NameOf(cell.kind), 100 * cell.accuracy,
                    fmt::format("[{:.1f}, {:.1f}]", 100 * cell.wilson[0], 100 * cell.wilson[1]),
                    100 * cell.gain, 100 * cell.gain_bound));
  }
  PrintLine(report.winner ? fmt::format("better than the full model: {}", NameOf(*report.winner))
                          : std::string("no mixture is better than the full model beyond chance"));
  PrintOrder("sentences shuffled", report.shuffled);
  PrintOrder("two sentences swapped", report.swapped);
}

}  // namespace

Result<int> TrainLm(const reward::Dataset& data, const TrainLmOptions& options) {
  if (options.db.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--lm needs --db FILE: the ledger that keeps what was read");
  }
  if (data.pairs.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "--lm learns beside pairs: give --pairs");
  }
  if (options.pairs < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--lm-pairs {}: must be 0 (all) or more", options.pairs));
  }
  REDRAFT_ASSIGN(reward::RewardModel base, reward::RewardModel::BuiltIn());
  const std::size_t count =
      options.pairs == 0 ? data.pairs.size() : static_cast<std::size_t>(options.pairs);
  REDRAFT_ASSIGN(const auto readings,
                 ReadExamples(reward::ExamplesOf(data, count), options.lm, options.db, {}));
  const auto start = SystemClock().Now();
  reward::LmTrainOptions train;
  train.command = options.command;
  train.families = !data.scores.empty();
  train.heads_alone = options.heads_alone;
  train.base.seed = options.seed;
  train.base.threads = options.threads;
  REDRAFT_ASSIGN(const auto trained, reward::TrainLm(data, readings, std::move(base), train));
  const double seconds = std::chrono::duration<double>(SystemClock().Now() - start).count();
  const std::string bytes = trained.model.Serialize();
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(options.output, bytes));
  if (options.json) {
    Json object = ReportJson(trained.report);
    object["schema"] = "redraft.train-lm/1";
    object["model"] = trained.model.id();
    object["reader"] = readings.reader_id;
    object["seconds"] = seconds;
    object["sha256"] = Sha256Hex(bytes);
    PrintLine(DumpJson(object));
    return 0;
  }
  PrintLine(fmt::format("{} written to {}; read by {}; {:.0f} s after reading", trained.model.id(),
                        options.output, readings.reader_id, seconds));
  PrintReport(trained.report);
  return 0;
}

}  // namespace redraft::cli
