#include "redraft/audit/near_verbatim.h"

#include <algorithm>
#include <limits>

namespace redraft::audit {
namespace {

// In prose few chains are open at a time, and a text full of repetitions must not cost the square
// of their number.
constexpr std::size_t kLookBack = 16;
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

std::int64_t Gap(std::uint32_t end, std::uint32_t start) {
  return static_cast<std::int64_t>(start) - static_cast<std::int64_t>(end);
}

bool Follows(const Run& last, const Run& next, const NearVerbatimRule& rule) {
  const std::int64_t in_book = Gap(last.book + last.length, next.book);
  const std::int64_t in_text = Gap(last.text + last.length, next.text);
  return in_book >= 0 && in_text >= 0 && in_book <= rule.gap && in_text <= rule.gap &&
         in_book - in_text <= rule.drift && in_text - in_book <= rule.drift;
}

}  // namespace

/// Joins each chain to the latest one that it follows; keeps those with enough matched words.
void NearVerbatim::Join(std::span<const Run> runs, const NearVerbatimRule& rule) {
  std::size_t joined = 0;
  for (const Chain chain : chains_) {
    const std::size_t oldest = joined > kLookBack ? joined - kLookBack : 0;
    std::size_t before = joined;
    while (before > oldest && !Follows(runs[chains_[before - 1].tail], runs[chain.head], rule)) {
      --before;
    }
    if (before == oldest) {
      chains_[joined++] = chain;
      continue;
    }
    Chain& longer = chains_[before - 1];
    next_[longer.tail] = chain.head;
    longer.tail = chain.tail;
    longer.matched += chain.matched;
  }
  chains_.resize(joined);
  std::erase_if(chains_, [&](const Chain& chain) { return chain.matched < rule.keep; });
}

void NearVerbatim::Mark(std::span<const Run> runs, Mask& near) {
  std::uint64_t total = 0;
  for (const Run& run : runs) total += run.length;
  if (total < kNearVerbatimRules[1].keep) return;
  next_.assign(runs.size(), kNone);
  chains_.clear();
  for (std::uint32_t i = 0; i < runs.size(); ++i) chains_.push_back({i, i, runs[i].length});
  for (const NearVerbatimRule& rule : kNearVerbatimRules) Join(runs, rule);
  for (const Chain& chain : chains_) {
    for (std::uint32_t i = chain.head; i != kNone; i = next_[i]) near.Add(runs[i].range());
  }
}

}  // namespace redraft::audit
