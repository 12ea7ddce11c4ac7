#include "redraft/reward/lm_examples.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_set>

#include "redraft/reward/corruption.h"

namespace redraft::reward {
namespace {

constexpr std::size_t kReorderedEvery = 4;
constexpr std::uint64_t kSeed = 4;  // of reorderings: another one makes every reading stale

LmReordered Reorder(const std::string& text) {
  const Rng rng = Rng(kSeed).Fork(text);
  const auto corrupt = [&](Corruption kind) {
    return Corrupt(kind, text, "", FillerStock::kHeldOut, rng.Fork(NameOf(kind)));
  };
  return {text, corrupt(Corruption::kSentenceShuffle), corrupt(Corruption::kSentenceSwap)};
}

}  // namespace

std::vector<LmExample> ExamplesOf(const Dataset& data, std::size_t pairs) {
  std::vector<std::size_t> order(data.pairs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng(kSeed).Fork("pairs").Shuffle(order);
  order.resize(std::min(pairs, order.size()));
  std::vector<LmExample> examples;
  std::unordered_set<std::string_view> seen;
  for (const std::size_t at : order) {
    const Pair& pair = data.pairs[at];
    LmExample& example = examples.emplace_back();
    example.pair = at;
    for (const std::string* text : {&pair.chosen, &pair.rejected}) {
      if (seen.insert(*text).second) example.texts.push_back(*text);
    }
    if (examples.size() % kReorderedEvery == 1) example.reordered.push_back(Reorder(pair.chosen));
  }
  return examples;
}

}  // namespace redraft::reward
