#include "redraft/audit/metrics.h"

#include <algorithm>
#include <limits>
#include <queue>

#include "redraft/audit/radix_sort.h"

namespace redraft::audit {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Longest first, then earliest.
std::uint64_t Place(const Range& range) {
  return static_cast<std::uint64_t>(~range.length()) << 32 | range.start;
}

}  // namespace

Range LongestBlock(const Mask& mask) {
  Range longest;
  for (const Range& run : mask.Runs()) {
    if (run.length() > longest.length()) longest = run;
  }
  return longest;
}

std::uint32_t CountDistinctSpans(std::span<const std::uint32_t> start_of_end,
                                 std::uint32_t shortest) {
  std::vector<Range> spans;
  for (std::uint32_t end = 0; end < start_of_end.size(); ++end) {
    const std::uint32_t start = start_of_end[end];
    if (start != kNone && end - start >= shortest) spans.push_back({start, end});
  }
  RadixSort(spans, Place);
  const auto comes_last = [](const Range& a, const Range& b) { return Place(a) > Place(b); };
  std::priority_queue<Range, std::vector<Range>, decltype(comes_last)> suffixes(comes_last);
  Mask taken(static_cast<std::uint32_t>(start_of_end.size()));
  std::uint32_t count = 0;
  for (std::size_t next = 0; next < spans.size() || !suffixes.empty();) {
    const bool whole =
        suffixes.empty() || (next < spans.size() && Place(spans[next]) < Place(suffixes.top()));
    const Range span = whole ? spans[next++] : suffixes.top();
    if (!whole) suffixes.pop();
    std::uint32_t start = span.end;  // of the free part that reaches to the end
    while (start > span.start && !taken.Holds(start - 1)) --start;
    if (start == span.start) {
      taken.Add(span);
      ++count;
    } else if (span.end - start >= shortest) {
      suffixes.push({start, span.end});
    }
  }
  return count;
}

std::uint32_t CountMaximalSpans(std::vector<Range> spans, std::uint32_t book_tokens) {
  RadixSort(spans, Place);
  Mask taken(book_tokens);
  std::uint32_t count = 0;
  for (const Range& span : spans) {
    // What was taken is at least as long, so an overlap shows at an end.
    if (taken.Holds(span.start) || taken.Holds(span.end - 1)) continue;
    taken.Add(span);
    ++count;
  }
  return count;
}

CrossExcerpt CountCrossing(std::span<const SourcedRange> crossing,
                           std::span<const std::uint32_t> starts, std::uint32_t shortest) {
  CrossExcerpt result;
  for (std::size_t i = 0; i < crossing.size();) {
    const Range range = crossing[i].range;
    const std::uint32_t target = ExcerptOf(starts, range.start);
    bool crosses = false;
    for (; i < crossing.size() && crossing[i].range == range; ++i) {
      crosses |= crossing[i].source != target;
    }
    if (range.length() < shortest || range.end > starts[target + 1]) continue;
    ++result.counted;
    if (crosses) ++result.crossing;
  }
  return result;
}

std::optional<double> SelfAgreement(const Tally& tally) {
  if (tally.mixed > 0 || tally.guarded > 0) return std::nullopt;
  std::uint32_t most = 0;
  for (const ExcerptTally& excerpt : tally.excerpts) most = std::max(most, excerpt.generations);
  const std::uint32_t half = most / 2;
  Mask early(static_cast<std::uint32_t>(tally.first.size()));
  Mask late = early;
  for (std::uint32_t i = 0; i < tally.first.size(); ++i) {
    if (tally.first[i] == kNone) continue;
    if (tally.first[i] < half) early.Add(i);
    if (tally.last[i] >= half) late.Add(i);
  }
  return Jaccard(early, late);
}

}  // namespace redraft::audit
