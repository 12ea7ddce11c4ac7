#include "redraft/cli/train_checks.h"

#include <fmt/format.h>

#include <cstdio>

#include "redraft/cli/jsonl.h"
#include "redraft/reward/model.h"

namespace redraft::cli {
namespace {

constexpr std::size_t kLooked = 1000;  // pairs are enough to tell

}  // namespace

Status HoldOutFiles(const std::vector<std::string>& files, reward::Dataset& data) {
  std::vector<std::string> texts;
  for (const std::string& file : files) {
    REDRAFT_ASSIGN(const int failed, VisitJsonLines(file, [&texts](const Json& line) -> Status {
                     REDRAFT_ASSIGN(texts.emplace_back(), TextMember(line, "text"));
                     return Ok{};
                   }));
    if (failed != 0) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("--hold-out {}: a text that cannot be read cannot be held out", file));
    }
  }
  if (texts.empty()) return Ok{};
  const std::size_t taken = reward::HoldOut(texts, data);
  if (data.pairs.empty() && data.scores.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--hold-out: nothing is left to train on ({} pairs and scores are held "
                            "out)",
                            taken));
  }
  fmt::print(stderr, "{} pairs and scores of {} texts are held out\n", taken, texts.size());
  return Ok{};
}

Result<std::vector<std::size_t>> SeparateTests(const reward::Dataset& training,
                                               std::vector<reward::Dataset>& tests) {
  std::vector<std::size_t> lost;
  for (reward::Dataset& test : tests) {
    const std::string& name = test.sources.front().name;
    const std::size_t before = test.pairs.size();
    const reward::SharedPairs shared = reward::TakeOutShared(training, test);
    lost.push_back(shared.count);
    if (shared.count == 0) continue;
    if (test.pairs.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("--test {}: all of its {} pairs share a text or group with the "
                              "training data (the first: {}); there is nothing left to test on",
                              name, before, shared.first));
    }
    fmt::print(stderr,
               "redraft: warning: {} of {} pairs of {} share a text or group with the training "
               "data (the first: {}) and are left out of the test\n",
               shared.count, before, name, shared.first);
  }
  return lost;
}

Status WarnIfSwapped(const reward::Dataset& data, unsigned threads) {
  if (data.pairs.empty()) return Ok{};
  REDRAFT_ASSIGN(const auto built_in, reward::OpenRewardModel("reward"));
  std::vector<reward::Pair> looked;
  const std::size_t step = (data.pairs.size() + kLooked - 1) / kLooked;
  for (std::size_t i = 0; i < data.pairs.size(); i += step) looked.push_back(data.pairs[i]);
  WarnIfBelowChance("the training pairs, by the built-in model,",
                    EvaluatePairs(built_in, looked, threads));
  return Ok{};
}

void WarnIfBelowChance(const std::string& set, const reward::Accuracy& accuracy) {
  if (accuracy.wilson[1] >= 0.5) return;
  fmt::print(stderr,
             "redraft: warning: accuracy on {} is below chance ({:.1f} %): are chosen and rejected "
             "swapped?\n",
             set, 100 * accuracy.accuracy);
}

}  // namespace redraft::cli
