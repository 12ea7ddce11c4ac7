#include "redraft/rank/outcome.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "redraft/base/check.h"

namespace redraft::rank {
namespace {

/// Judges are indexed densely; a larger index is a mistake, not a panel.
constexpr int kMaxJudges = 1 << 16;

Status CheckOutcome(int items, const Outcome& outcome) {
  for (const int item : {outcome.a, outcome.b}) {
    if (item < 0 || item >= items) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("names item {}, but there are {} items", item, items));
    }
  }
  if (outcome.a == outcome.b) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("compares item {} with itself", outcome.a));
  }
  if (!(outcome.p_a >= 0 && outcome.p_a <= 1)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("has p_a {}; a probability is from 0 to 1", outcome.p_a));
  }
  if (outcome.judge < 0 || outcome.judge >= kMaxJudges) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("has judge {}; judges are numbered from 0 to {}", outcome.judge,
                            kMaxJudges - 1));
  }
  if (!std::isfinite(outcome.log_len_ratio)) {
    return Fail(ErrorCode::kInvalidArgument, "has a log length ratio that is not finite");
  }
  if (outcome.logit && !std::isfinite(*outcome.logit)) {
    return Fail(ErrorCode::kInvalidArgument, "has a logit that is not finite");
  }
  return Ok{};
}

}  // namespace

Status CheckOutcomes(int items, const std::vector<Outcome>& outcomes) {
  REDRAFT_CHECK(items >= 0);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (Status status = CheckOutcome(items, outcomes[i]); !status) {
      status.error().message = fmt::format("verdict {} {}", i, status.error().message);
      return status;
    }
  }
  return Ok{};
}

Components ConnectedComponents(int items, const std::vector<Outcome>& outcomes) {
  // Union-find that always hangs the higher root below the lower one, so that a piece is numbered
  // by its lowest item.
  std::vector<int> parent(static_cast<std::size_t>(items));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&parent](int item) {
    auto at = static_cast<std::size_t>(item);
    while (parent[at] != static_cast<int>(at)) {
      parent[at] = parent[static_cast<std::size_t>(parent[at])];
      at = static_cast<std::size_t>(parent[at]);
    }
    return static_cast<int>(at);
  };
  for (const Outcome& outcome : outcomes) {
    const int a = root(outcome.a), b = root(outcome.b);
    parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }
  Components components;
  components.of.resize(parent.size());
  for (int item = 0; item < items; ++item) {
    const int top = root(item);
    components.of[static_cast<std::size_t>(item)] =
        top == item ? components.count++ : components.of[static_cast<std::size_t>(top)];
  }
  return components;
}

std::vector<int> CountVerdicts(int items, const std::vector<Outcome>& outcomes) {
  std::vector<int> counts(static_cast<std::size_t>(items), 0);
  for (const Outcome& outcome : outcomes) {
    ++counts[static_cast<std::size_t>(outcome.a)];
    ++counts[static_cast<std::size_t>(outcome.b)];
  }
  return counts;
}

}  // namespace redraft::rank
