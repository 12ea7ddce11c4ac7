#include "redraft/reward/lm_examples.h"

#include <string_view>
#include <unordered_set>

#include "redraft/reward/corruption.h"

namespace redraft::reward {
namespace {

constexpr std::uint64_t kSeed = 4;  // of reorderings: another one makes every reading stale

LmReordered Reorder(const std::string& text) {
  const Rng rng = Rng(kSeed).Fork(text);
  const auto corrupt = [&](Corruption kind) {
    return Corrupt(kind, text, "", FillerStock::kHeldOut, rng.Fork(NameOf(kind)));
  };
  return {text, corrupt(Corruption::kSentenceShuffle), corrupt(Corruption::kSentenceSwap)};
}

}  // namespace

LmExamples ExamplesOf(const Dataset& data) {
  LmExamples examples;
  std::unordered_set<std::string_view> seen, reordered;
  const auto read = [&](const std::string& text) {
    if (seen.insert(text).second) examples.texts.push_back(text);
  };
  for (const Pair& pair : data.pairs) {
    read(pair.chosen);
    read(pair.rejected);
  }
  for (const ScoredText& scored : data.scores) read(scored.text);
  const auto reorder = [&](const std::string& text) {
    if (reordered.insert(text).second) examples.reordered.push_back(Reorder(text));
  };
  for (const Pair& pair : data.pairs) reorder(pair.chosen);
  for (const Pair& pair : data.pairs) reorder(pair.rejected);
  return examples;
}

}  // namespace redraft::reward
