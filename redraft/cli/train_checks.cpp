#include "redraft/cli/train_checks.h"

#include <fmt/format.h>

#include <cstdio>

#include "redraft/reward/model.h"

namespace redraft::cli {
namespace {

constexpr std::size_t kLooked = 1000;  // pairs are enough to tell

}  // namespace

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
