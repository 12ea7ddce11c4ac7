#include "redraft/audit/near_verbatim.h"

#include <algorithm>
#include <limits>

namespace redraft::audit {
namespace {

// In prose few chains are open at a time, and a text full of repetitions must not cost the square
// of their number.
constexpr std::size_t kLookBack = 16;
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

bool NearVerbatim::Follows(const Chain& chain, const Chain& next, const NearVerbatimRule& rule) {
  // Where the next one begins before the end, the difference is huge.
  const std::uint32_t in_text = next.text - chain.text_end;
  const std::uint32_t in_book = next.book - chain.book_end;
  return in_text <= rule.gap && in_book <= rule.gap &&
         in_book - in_text + rule.drift <= 2 * rule.drift;
}

/// Joins each chain to the latest one that it follows; keeps those with enough matched words.
void NearVerbatim::Join(const NearVerbatimRule& rule) {
  std::size_t joined = 0;
  for (const Chain chain : chains_) {
    const std::size_t oldest = joined > kLookBack ? joined - kLookBack : 0;
    std::size_t before = joined;
    while (before > oldest && !Follows(chains_[before - 1], chain, rule)) --before;
    if (before == oldest) {
      chains_[joined++] = chain;
      continue;
    }
    Chain& longer = chains_[before - 1];
    next_[longer.tail] = chain.head;
    longer.tail = chain.tail;
    longer.book_end = chain.book_end;
    longer.text_end = chain.text_end;
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
  for (std::uint32_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    chains_.push_back(
        {i, i, run.length, run.book, run.book + run.length, run.text, run.text + run.length});
  }
  for (const NearVerbatimRule& rule : kNearVerbatimRules) Join(rule);
  for (const Chain& chain : chains_) {
    for (std::uint32_t i = chain.head; i != kNone; i = next_[i]) near.Add(runs[i].range());
  }
}

}  // namespace redraft::audit
