#pragma once

// One pair, judged in one order or both, made into one verdict.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/judge/judge.h"

namespace redraft::judge {

enum class Orders {
  kBoth,    ///< a first, then b first: what a judge owes to the slot cancels
  kRandom,  ///< one order, drawn by the bout's seed and the pair
  kAb,      ///< a first
};
Result<Orders> ParseOrders(const std::string& name);

/// The bouts of a pair; `a`, `b`, brief and seed are taken from `pair` (first = a).
std::vector<Bout> BoutsOf(const Bout& pair, Orders orders);

struct PairVerdict {
  std::optional<double> p_a;    ///< probability that a is the better text; none: no verdict
  std::optional<double> logit;  ///< mean log-odds over the orders; none when a verdict was hard
  int calls = 0;
};

/// Log-odds are averaged where every verdict has them, else probabilities; orders without a verdict
/// are left out. `verdicts` are in the order of BoutsOf; `a` is the id of the pair's a.
PairVerdict Combine(std::span<const core::Verdict> verdicts, const std::string& a);

/// |P(a,b) + P(b,a) - 1|: how far the verdicts of the two orders are from being about the texts
/// alone. None unless the pair was judged in both orders, each with a verdict.
std::optional<double> Asymmetry(std::span<const core::Verdict> verdicts);

/// The output line of `redraft judge` (without id): {"p_a","logit","verdict","orders","calls"}; all
/// log-odds are for a.
Json ToJson(const PairVerdict& pair, std::span<const core::Verdict> verdicts, const std::string& a);

}  // namespace redraft::judge
