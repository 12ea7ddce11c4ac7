#include "redraft/rank/consistency.h"

#include <algorithm>
#include <map>
#include <utility>

namespace redraft::rank {
namespace {

int Sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

/// A verdict on a pair, seen from its lower item.
struct Seen {
  int winner = 0;  ///< 1: the lower item; −1: the higher one; 0: a tie
  bool lower_first = false, has_slot = true;
};

void Add(Agreement& agreement, bool same) {
  ++agreement.pairs;
  agreement.same += same ? 1 : 0;
}

void CountRepeats(const std::vector<Seen>& seen, Consistency& result) {
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = i + 1; j < seen.size(); ++j) {
      const bool same = seen[i].winner == seen[j].winner;
      Add(result.repeats, same);
      if (!seen[i].has_slot || !seen[j].has_slot) continue;
      Add(seen[i].lower_first == seen[j].lower_first ? result.same_order : result.swapped_order,
          same);
    }
  }
}

/// Who is ahead of whom: ahead[x][y] is 1 when the lower item x is ahead of y.
using Ahead = std::map<int, std::map<int, int>>;

void CountTriads(const Ahead& ahead, Consistency& result) {
  for (const auto& [x, of_x] : ahead) {
    for (auto y = of_x.begin(); y != of_x.end(); ++y) {
      const auto of_y = ahead.find(y->first);
      if (of_y == ahead.end()) continue;
      for (auto z = std::next(y); z != of_x.end(); ++z) {
        const auto yz = of_y->second.find(z->first);
        if (yz == of_y->second.end()) continue;
        ++result.triads;
        result.cyclic += y->second == yz->second && yz->second == -z->second ? 1 : 0;
      }
    }
  }
}

}  // namespace

Consistency MeasureConsistency(int items, const std::vector<Outcome>& outcomes) {
  Consistency result;
  if (!CheckOutcomes(items, outcomes)) return result;
  const bool log_odds =
      std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return o.logit; });
  std::map<std::pair<int, int>, std::vector<Seen>> verdicts;
  std::map<std::pair<int, int>, double> lead;
  for (const Outcome& o : outcomes) {
    const bool turned = o.a > o.b;
    const std::pair<int, int> pair = turned ? std::pair(o.b, o.a) : std::pair(o.a, o.b);
    const double sign = turned ? -1 : 1;
    verdicts[pair].push_back({Sign(sign * (o.p_a - 0.5)), o.a_first != turned, o.has_slot});
    lead[pair] += sign * (log_odds ? *o.logit : Sign(o.p_a - 0.5));
  }
  for (const auto& [pair, seen] : verdicts) CountRepeats(seen, result);
  Ahead ahead;
  for (const auto& [pair, value] : lead) {
    if (value != 0) ahead[pair.first][pair.second] = Sign(value);
  }
  CountTriads(ahead, result);
  return result;
}

Consistency& operator+=(Consistency& total, const Consistency& more) {
  const auto add = [](Agreement& to, const Agreement& from) {
    to.pairs += from.pairs;
    to.same += from.same;
  };
  add(total.repeats, more.repeats);
  add(total.same_order, more.same_order);
  add(total.swapped_order, more.swapped_order);
  total.triads += more.triads;
  total.cyclic += more.cyclic;
  return total;
}

}  // namespace redraft::rank
