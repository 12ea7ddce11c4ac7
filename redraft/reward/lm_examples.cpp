#include "redraft/reward/lm_examples.h"

#include <algorithm>
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
  std::vector<LmExample> examples(std::min(pairs, data.pairs.size()));
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const Pair& pair = data.pairs[i];
    for (const std::string* text : {&pair.chosen, &pair.rejected}) {
      if (seen.insert(*text).second) examples[i].texts.push_back(*text);
    }
    if (i % kReorderedEvery == 0) examples[i].reordered.push_back(Reorder(pair.chosen));
  }
  return examples;
}

}  // namespace redraft::reward
