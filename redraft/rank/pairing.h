#pragma once

// Which pairs to judge next.
//
//   auto pairs = RandomRounds(60, 4, rng.Fork("open"));             // everyone meets someone
//   auto more = ActivePairs(fit, top, outcomes, 30, rng.Fork("7"));  // then where it decides
//   if (Settled(top, 0.9)) …
//
// Shapes   indices into the caller's items; `first` is shown in the first slot.
// Threads  pure functions; the same arguments give the same pairs.

#include <cstddef>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/outcome.h"

namespace redraft::rank {

struct Pair {
  int first = 0;
  int second = 0;
  bool operator==(const Pair&) const = default;
};

/// AlphaWrite's schedule: in each of `rounds` independent rounds the items are shuffled and popped
/// two by two; an odd one sits out. Nothing stops a pair from meeting again.
std::vector<Pair> RandomRounds(int items, int rounds, Rng rng);

/// The `count` most informative pairs for deciding who is in the top k: each next pair is the one
/// that most reduces the posterior variance of the items whose membership is undecided, given the
/// pairs chosen before it. Pairs already judged count for less. Every item is shown about equally
/// often in both slots.
/// Cost  O(items²) per pair; only the undecided items are looked at.
std::vector<Pair> ActivePairs(const BradleyTerry& fit, const TopK& top,
                              const std::vector<Outcome>& played, int count, Rng rng);

/// The next `count` pairs or fewer of an active tournament: ActivePairs, and when few items are
/// undecided (FewUndecided), half as many of them in both orders.
std::vector<Pair> DecisivePairs(const BradleyTerry& fit, const TopK& top,
                                const std::vector<Outcome>& played, int count, Rng rng);

/// Each pair followed by itself with the slots exchanged.
std::vector<Pair> BothOrders(const std::vector<Pair>& pairs);

/// Positions of `pairs` in an order for asking: those with the same first item stand together, in
/// the order of their first appearance, so that prompts which begin with it are computed once.
std::vector<std::size_t> PrefixOrder(const std::vector<Pair>& pairs);

/// The items whose place in the top k is open: they are in it with a probability between 5 % and
/// 95 %.
int CountUndecided(const TopK& top);
/// At most six of them: the decisive few.
bool FewUndecided(const TopK& top);

/// Stop rule: the items chosen now are expected to be `target` of the true top k.
bool Settled(const TopK& top, double target = 0.95);

}  // namespace redraft::rank
