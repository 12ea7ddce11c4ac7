#include "redraft/audit/near_verbatim.h"

#include <cstdlib>

namespace redraft::audit {
namespace {

/// Runs that follow each other in both texts.
struct Chain {
  std::vector<Run> runs;
  std::uint32_t matched = 0;
};

std::int64_t Gap(std::uint32_t end, std::uint32_t start) {
  return static_cast<std::int64_t>(start) - static_cast<std::int64_t>(end);
}

bool Follows(const Run& last, const Run& next, const NearVerbatimRule& rule) {
  const std::int64_t in_book = Gap(last.book + last.length, next.book);
  const std::int64_t in_text = Gap(last.text + last.length, next.text);
  return in_book >= 0 && in_text >= 0 && in_book <= rule.gap && in_text <= rule.gap &&
         std::llabs(in_book - in_text) <= rule.drift;
}

/// Joins each chain to the latest one that it follows; keeps those with enough matched words.
std::vector<Chain> Join(std::vector<Chain> chains, const NearVerbatimRule& rule) {
  // Only so many chains back can one end near enough: in prose there are few, and a text full of
  // repetitions must not cost the square of their number.
  constexpr std::size_t kLookBack = 16;
  std::vector<Chain> joined;
  for (Chain& chain : chains) {
    Chain* before = nullptr;
    for (std::size_t i = joined.size(); i-- > 0 && joined.size() - i <= kLookBack;) {
      if (Follows(joined[i].runs.back(), chain.runs.front(), rule)) {
        before = &joined[i];
        break;
      }
    }
    if (before == nullptr) {
      joined.push_back(std::move(chain));
      continue;
    }
    before->runs.insert(before->runs.end(), chain.runs.begin(), chain.runs.end());
    before->matched += chain.matched;
  }
  std::erase_if(joined, [&](const Chain& chain) { return chain.matched < rule.keep; });
  return joined;
}

}  // namespace

void MarkNearVerbatim(const std::vector<Run>& runs, Mask& near) {
  std::uint64_t total = 0;
  for (const Run& run : runs) total += run.length;
  if (total < kNearVerbatimRules[1].keep) return;
  std::vector<Chain> chains;
  for (const Run& run : runs) chains.push_back({{run}, run.length});
  for (const NearVerbatimRule& rule : kNearVerbatimRules) chains = Join(std::move(chains), rule);
  for (const Chain& chain : chains) {
    for (const Run& run : chain.runs) near.Add(run.range());
  }
}

}  // namespace redraft::audit
