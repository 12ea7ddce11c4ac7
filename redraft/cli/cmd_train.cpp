#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "redraft/base/clock.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/json.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/train_checks.h"
#include "redraft/cli/train_lm.h"
#include "redraft/reward/trainer.h"

namespace redraft::cli {
namespace {

struct Options {
  std::vector<std::string> pairs;
  std::vector<std::string> scores;
  std::vector<std::string> tests;
  std::vector<std::string> without;
  std::string output;
  std::vector<std::string> hold_out;
  std::string lm, db;
  int lm_pairs = 0;
  bool heads_alone = false;
  std::uint64_t seed = 1;
  int threads = 0;
  bool json = false;
};

/// The command as it is put on record: input names without their folders, so that the model file is
/// the same wherever the data lies.
std::string CommandOnRecord(const Options& options) {
  std::string command = "redraft train reward";
  const auto add = [&](const char* option, const std::vector<std::string>& paths) {
    if (!paths.empty()) command += option;
    for (const std::string& path : paths) command += " " + reward::SourceName(path);
  };
  add(" --pairs", options.pairs);
  add(" --scores", options.scores);
  add(" --without", options.without);
  add(" --hold-out", options.hold_out);
  if (!options.lm.empty()) command += " --lm " + reward::SourceName(options.lm);
  if (options.lm_pairs > 0) command += fmt::format(" --lm-pairs {}", options.lm_pairs);
  if (options.heads_alone) command += " --heads-alone";
  return command + fmt::format(" --seed {}", options.seed);
}

std::string AccuracyLine(const reward::Accuracy& accuracy) {
  return fmt::format(
      "{:.1f} % of {} pairs [{:.1f}, {:.1f}]; length-balanced {}; shorter wins {:.1f} %",
      100 * accuracy.accuracy, accuracy.pairs, 100 * accuracy.wilson[0], 100 * accuracy.wilson[1],
      accuracy.balanced ? fmt::format("{:.1f} %", 100 * *accuracy.balanced) : "none",
      100 * accuracy.shorter_wins);
}

Json AccuracyJson(const reward::Accuracy& accuracy) {
  return {{"pairs", accuracy.pairs},
          {"accuracy", accuracy.accuracy},
          {"wilson", accuracy.wilson},
          {"balanced_length", accuracy.balanced ? Json(*accuracy.balanced) : Json()},
          {"shorter_wins", accuracy.shorter_wins}};
}

Json TestJson(const std::string& set, const reward::Accuracy& accuracy, std::size_t shared) {
  Json object = AccuracyJson(accuracy);
  object["set"] = set;
  object["shared_with_training"] = shared;
  return object;
}

Json CorruptionsJson(const reward::TrainReport& report) {
  Json object = Json::object();
  for (std::size_t i = 0; i < reward::kCorruptions; ++i) {
    const reward::Robustness& kind = report.corruptions[i];
    if (kind.texts == 0) continue;
    object[std::string(reward::NameOf(static_cast<reward::Corruption>(i)))] = {
        {"texts", kind.texts}, {"compared", kind.compared}, {"scored", kind.scored}};
  }
  return object;
}

Json ReportJson(const reward::TrainReport& report) {
  Json relations = Json::object();
  for (std::size_t i = 0; i < reward::kRelations; ++i) {
    relations[std::string(reward::NameOf(static_cast<reward::Relation>(i)))] = {
        {"pairs", report.related[i]}, {"scale", report.scale[i]}};
  }
  return {{"pairs", report.pairs},
          {"scores", report.scores},
          {"groups", report.groups},
          {"folds", report.folds},
          {"cv_accuracy", report.cv.accuracy},
          {"cv_wilson", report.cv.wilson},
          {"cv", AccuracyJson(report.cv)},
          {"floor", AccuracyJson(report.floor)},
          {"floor_margin", report.floor_margin},
          {"shorter_wins", report.cv.shorter_wins},
          {"unrelated_accuracy", report.unrelated.accuracy},
          {"unrelated_stated", report.unrelated_stated},
          {"calibration_error", report.calibration_error},
          {"slope", report.slope},
          {"relations", relations},
          {"corruptions", CorruptionsJson(report)}};
}

void PrintReport(const reward::TrainReport& report) {
  PrintLine(fmt::format("cross-validation, {} folds: {}", report.folds, AccuracyLine(report.cv)));
  PrintLine(fmt::format("n-gram floor, same folds:   {}", AccuracyLine(report.floor)));
  PrintLine(
      fmt::format("difference from the floor:  {:+.1f} points, with 95 % confidence above {:+.1f}",
                  100 * (report.cv.accuracy - report.floor.accuracy), 100 * report.floor_margin));
  PrintLine(fmt::format("calibration error {:.3f}, reliability slope {:.2f} [{:.2f}, {:.2f}]",
                        report.calibration_error, report.slope[0], report.slope[1],
                        report.slope[2]));
  PrintLine(fmt::format("unrelated texts: {:.1f} % right, {:.1f} % claimed",
                        100 * report.unrelated.accuracy, 100 * report.unrelated_stated));
  PrintLine("a held-out text preferred to its corruption, in percent: compared, by score alone");
  for (std::size_t i = 0; i < reward::kCorruptions; ++i) {
    const reward::Robustness& kind = report.corruptions[i];
    if (kind.texts == 0) continue;
    PrintLine(fmt::format("  {:<18} {:>5} texts {:>6.1f} {:>6.1f}",
                          reward::NameOf(static_cast<reward::Corruption>(i)), kind.texts,
                          100 * kind.compared, 100 * kind.scored));
  }
}

Result<int> TrainWithLm(const reward::Dataset& data, const Options& options) {
  if (!options.tests.empty() || !options.without.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--test and --without are for the model without --lm: leave them out");
  }
  return TrainLm(data, {.lm = options.lm,
                        .db = options.db,
                        .pairs = options.lm_pairs,
                        .heads_alone = options.heads_alone,
                        .command = CommandOnRecord(options),
                        .output = options.output,
                        .seed = options.seed,
                        .threads = static_cast<unsigned>(options.threads),
                        .json = options.json});
}

Result<int> TrainReward(const Options& options) {
  const auto start = SystemClock().Now();
  if (options.pairs.empty() && options.scores.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no training data: give --pairs or --scores");
  }
  if (options.output.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "say with -o where to write the model");
  }
  if (options.lm.empty() && (!options.db.empty() || options.lm_pairs != 0 || options.heads_alone)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--db, --lm-pairs and --heads-alone belong to --lm MODEL");
  }
  if (options.threads < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--threads {}: must be 0 (one per core) or more", options.threads));
  }
  reward::Dataset data;
  for (const auto& path : options.pairs) REDRAFT_RETURN_IF_ERROR(reward::ReadPairs(path, data));
  for (const auto& path : options.scores) REDRAFT_RETURN_IF_ERROR(reward::ReadScores(path, data));
  REDRAFT_RETURN_IF_ERROR(HoldOutFiles(options.hold_out, data));
  if (!options.lm.empty()) return TrainWithLm(data, options);
  std::vector<reward::Dataset> tests(options.tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i) {
    REDRAFT_RETURN_IF_ERROR(reward::ReadPairs(options.tests[i], tests[i]));
  }
  REDRAFT_ASSIGN(const auto shared, SeparateTests(data, tests));

  reward::TrainOptions train;
  train.command = CommandOnRecord(options);
  train.seed = options.seed;
  train.threads = static_cast<unsigned>(options.threads);
  for (const std::string& name : options.without) {
    REDRAFT_ASSIGN(const reward::Corruption kind, reward::ParseCorruption(name));
    train.leave_out.push_back(kind);
  }
  REDRAFT_ASSIGN(const reward::TrainedReward trained, reward::TrainReward(data, train));
  const std::string bytes = trained.model.Serialize();
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(options.output, bytes));

  const reward::TrainReport& report = trained.report;
  WarnIfBelowChance("held-out folds", report.cv);
  REDRAFT_RETURN_IF_ERROR(WarnIfSwapped(data, train.threads));
  const double seconds = std::chrono::duration<double>(SystemClock().Now() - start).count();
  Json test_results = Json::array();
  std::string test_lines;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const auto accuracy = EvaluatePairs(trained.model, tests[i].pairs, train.threads);
    WarnIfBelowChance(tests[i].sources.front().name, accuracy);
    test_results.push_back(TestJson(tests[i].sources.front().name, accuracy, shared[i]));
    test_lines += fmt::format("\n{}: {}", tests[i].sources.front().name, AccuracyLine(accuracy));
  }
  if (options.json) {
    Json object = ReportJson(report);
    object["schema"] = "redraft.train/1";
    object["model"] = trained.model.id();
    object["tests"] = test_results;
    object["seconds"] = seconds;
    object["sha256"] = Sha256Hex(bytes);
    PrintLine(DumpJson(object));
    return 0;
  }
  PrintLine(fmt::format("{} written to {} ({:.0f} kB) from {} pairs and {} scores in {:.1f} s",
                        trained.model.id(), options.output,
                        static_cast<double>(bytes.size()) / 1000, report.pairs, report.scores,
                        seconds));
  PrintReport(report);
  if (!test_lines.empty()) PrintLine(test_lines.substr(1));
  return 0;
}

}  // namespace

void DeclareTrain(Args& root) {
  Args& train = root.Command("train", "train a model on your own judgements");
  Args& reward = train.Command("reward", "fit a writing-quality reward model to judged texts");
  auto options = std::make_shared<Options>();
  reward.Group("Data")
      .Option("--pairs", options->pairs,
              "JSON Lines of {\"chosen\",\"rejected\",\"prompt\"?,\"margin\"?,\"group\"?}, CSV "
              "(.csv) with "
              "these columns, a study's answers ({\"item\",\"rater\",\"left\",\"right\","
              "\"choice\"}), or a LAMP folder")
      .Option("--scores", options->scores,
              "JSON Lines of {\"text\",\"score\",\"group\"?}, or CSV (.csv)")
      .Option(
          "--test", options->tests,
          "pair files to report accuracy on; what they share with the training data is left out")
      .Group("Training")
      .Option(
          "--hold-out", options->hold_out,
          "JSON Lines of {\"text\"}: texts that the model must not have seen; pairs and scores of "
          "them, and of the groups they stand in, are left out of training")
      .Option("--without", options->without,
              "kinds of corruption not to weigh signals by, to see how the unknown is taken")
      .Option("--seed", options->seed, "seed of the folds and the order of updates")
      .Option("--threads", options->threads, "threads; 0 is one per core; the result is the same")
      .Group("A language model's eyes")
      .Option("--lm", options->lm,
              "embedded model (id or .gguf file) that reads the texts: learn what its readings add "
              "to the built-in model")
      .Option("--db", options->db,
              "with --lm: the ledger that keeps the readings; an interrupted reading goes on there")
      .Option("--lm-pairs", options->lm_pairs,
              "with --lm: read, and measure on, a sample of so many pairs; 0 is all")
      .Flag("--heads-alone", options->heads_alone,
            "with --lm: keep what the readings say alone, without the built-in model: a second "
            "opinion that knows no character n-grams")
      .Group("Output")
      .Option("-o,--output", options->output, "model file to write")
      .Flag("--json", options->json, "print the summary as JSON")
      .Example("redraft train reward --pairs my-edits.jsonl -o my-editor.rdm")
      .Example("redraft score draft.md --model my-editor.rdm")
      .Run([options] { return TrainReward(*options); });
}

}  // namespace redraft::cli
