#include "redraft/judge/pair_verdict.h"

#include <cmath>

#include "redraft/base/random.h"

namespace redraft::judge {
namespace {

Json OrNull(const std::optional<double>& value) {
  return value ? NumberOrNull(*value) : Json(nullptr);
}

/// A verdict's log-odds for the text called `a`.
std::optional<double> LogitFor(const core::Verdict& verdict, const std::string& a) {
  if (!verdict.logit) return std::nullopt;
  return verdict.a == a ? *verdict.logit : -*verdict.logit;
}

}  // namespace

Result<Orders> ParseOrders(const std::string& name) {
  if (name == "both") return Orders::kBoth;
  if (name == "random") return Orders::kRandom;
  if (name == "ab") return Orders::kAb;
  return Fail(ErrorCode::kInvalidArgument, "--orders is '" + name + "'; use both, random or ab");
}

std::vector<Bout> BoutsOf(const Bout& pair, Orders orders) {
  Bout swapped = pair;
  std::swap(swapped.first, swapped.second);
  if (orders == Orders::kBoth) return {pair, swapped};
  if (orders == Orders::kAb) return {pair};
  Rng side = Rng(pair.seed).Fork("side/" + pair.first.text + "\n" + pair.second.text);
  return {side.Below(2) == 0 ? pair : swapped};
}

PairVerdict Combine(std::span<const core::Verdict> verdicts, const std::string& a) {
  PairVerdict result;
  double logits = 0, probabilities = 0;
  int judged = 0;
  bool soft = true;
  for (const core::Verdict& verdict : verdicts) {
    result.calls += verdict.calls;
    if (!verdict.p_a) continue;
    ++judged;
    probabilities += verdict.a == a ? *verdict.p_a : 1 - *verdict.p_a;
    const auto logit = LogitFor(verdict, a);
    soft = soft && logit.has_value();
    logits += logit.value_or(0.0);
  }
  if (judged == 0) return result;
  if (soft) {
    result.logit = logits / judged;
    result.p_a = core::Probability(*result.logit);
  } else {
    result.p_a = probabilities / judged;
    if (*result.p_a > 0 && *result.p_a < 1)
      result.logit = std::log(*result.p_a / (1 - *result.p_a));
  }
  return result;
}

std::optional<double> Asymmetry(std::span<const core::Verdict> verdicts) {
  if (verdicts.size() != 2 || verdicts[0].a != verdicts[1].b) return std::nullopt;
  if (!verdicts[0].p_a || !verdicts[1].p_a) return std::nullopt;
  return std::abs(*verdicts[0].p_a + *verdicts[1].p_a - 1);
}

Json ToJson(const PairVerdict& pair, std::span<const core::Verdict> verdicts,
            const std::string& a) {
  Json orders = Json::array();
  for (const core::Verdict& verdict : verdicts) {
    orders.push_back({{"first", verdict.a == a ? "a" : "b"},
                      {"logit", OrNull(LogitFor(verdict, a))},
                      {"mass", verdict.mass}});
  }
  const char* winner = !pair.p_a ? "none" : *pair.p_a > 0.5 ? "a" : *pair.p_a < 0.5 ? "b" : "tie";
  return {{"p_a", OrNull(pair.p_a)},
          {"logit", OrNull(pair.logit)},
          {"verdict", winner},
          {"orders", orders},
          {"calls", pair.calls}};
}

}  // namespace redraft::judge
