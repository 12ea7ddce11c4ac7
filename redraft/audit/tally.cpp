#include "redraft/audit/tally.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "redraft/audit/radix_sort.h"
#include "redraft/base/check.h"

namespace redraft::audit {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

std::uint64_t Pair(std::uint32_t high, std::uint32_t low) {
  return static_cast<std::uint64_t>(high) << 32 | low;
}

void SortUnique(std::vector<Range>& ranges) {
  RadixSort(ranges, [](const Range& range) { return Pair(range.start, range.end); });
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
}

/// Keeps the ranges that no other one contains, each with all its sources.
void DropContained(std::vector<SourcedRange>& ranges) {
  // By start, then the longest first, then by source.
  RadixSort(ranges, [](const SourcedRange& item) { return item.source; });
  RadixSort(ranges,
            [](const SourcedRange& item) { return Pair(item.range.start, ~item.range.end); });
  std::size_t kept = 0;
  Range widest;  // the last one kept; its end is the largest so far
  for (const SourcedRange& item : ranges) {
    const bool first = kept == 0;
    if (!first && item.range != widest && item.range.end <= widest.end) continue;
    if (!first && item == ranges[kept - 1]) continue;
    widest = item.range;
    ranges[kept++] = item;
  }
  ranges.resize(kept);
}

/// Whether `a` is longer than `b`, or as long and earlier.
bool Beats(Range a, Range b) {
  return a.length() != b.length() ? a.length() > b.length() : a.start < b.start;
}

}  // namespace

std::uint32_t Parameters::shortest_k() const { return *std::min_element(k.begin(), k.end()); }

void SpanTally::See(Range range, std::uint32_t source) {
  if (!Beats(range, longest)) {
    if (range == longest) longest_source = std::min(longest_source, source);
    return;
  }
  longest = range;
  longest_source = source;
}

void SpanTally::Add(const SpanTally& other) {
  if (other.longest.length() > 0) See(other.longest, other.longest_source);
  for (std::size_t i = 0; i < start_of_end.size(); ++i) {
    start_of_end[i] = std::min(start_of_end[i], other.start_of_end[i]);
  }
  spans.insert(spans.end(), other.spans.begin(), other.spans.end());
}

Tally::Tally(const Parameters& parameters, std::uint32_t book_tokens, std::uint32_t excerpt_count)
    : covered(parameters.k.size(), Mask(book_tokens)),
      untrimmed(book_tokens),
      near(book_tokens),
      exempted(book_tokens),
      first(book_tokens, kNone),
      last(book_tokens, 0),
      excerpts(excerpt_count) {
  in_excerpt.start_of_end.assign(book_tokens + 1, kNone);
  in_book.start_of_end.assign(book_tokens + 1, kNone);
}

void Tally::Add(const Tally& other) {
  REDRAFT_CHECK(covered.size() == other.covered.size() && excerpts.size() == other.excerpts.size());
  for (std::size_t i = 0; i < covered.size(); ++i) covered[i].Add(other.covered[i]);
  untrimmed.Add(other.untrimmed);
  near.Add(other.near);
  exempted.Add(other.exempted);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = std::min(first[i], other.first[i]);
    last[i] = std::max(last[i], other.last[i]);
  }
  in_excerpt.Add(other.in_excerpt);
  in_book.Add(other.in_book);
  if (Beats(other.longest_piece, longest_piece)) longest_piece = other.longest_piece;
  crossing.insert(crossing.end(), other.crossing.begin(), other.crossing.end());
  hits.insert(hits.end(), other.hits.begin(), other.hits.end());
  for (std::size_t i = 0; i < excerpts.size(); ++i) {
    excerpts[i].generations += other.excerpts[i].generations;
    excerpts[i].empty += other.excerpts[i].empty;
    excerpts[i].refused += other.excerpts[i].refused;
  }
  tokens += other.tokens;
  guarded += other.guarded;
  lone_surrogates += other.lone_surrogates;
  mixed += other.mixed;
  Settle();
}

void Tally::Settle() {
  SortUnique(in_excerpt.spans);
  SortUnique(in_book.spans);
  DropContained(crossing);
  settled_ = crossing.size() + in_excerpt.spans.size() + in_book.spans.size();
  // Counts of one source at one place add up: sweep over the edges, unless nothing overlaps.
  const auto apart = [](const HitRange& a, const HitRange& b) {
    return a.source != b.source ? a.source < b.source : a.range.end <= b.range.start;
  };
  const auto place = [](const HitRange& hit) { return Pair(hit.source, hit.range.start); };
  RadixSort(hits, place);
  const auto overlap = std::adjacent_find(
      hits.begin(), hits.end(), [&](const HitRange& a, const HitRange& b) { return !apart(a, b); });
  if (overlap == hits.end()) return;
  std::vector<std::pair<std::uint64_t, std::int64_t>> edges;  // source and position
  for (const HitRange& hit : hits) {
    edges.emplace_back(Pair(hit.source, hit.range.start), hit.count);
    edges.emplace_back(Pair(hit.source, hit.range.end), -static_cast<std::int64_t>(hit.count));
  }
  RadixSort(edges, [](const auto& edge) { return edge.first; });
  hits.clear();
  std::int64_t count = 0;
  for (std::size_t i = 0; i < edges.size();) {
    const std::uint64_t at = edges[i].first;
    for (; i < edges.size() && edges[i].first == at; ++i) count += edges[i].second;
    if (count == 0) continue;
    hits.push_back({static_cast<std::uint32_t>(at >> 32),
                    {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(edges[i].first)},
                    static_cast<std::uint32_t>(count)});
  }
}

Collector::Collector(const BookTokens& book, const GramIndex& grams, const GramIndex& trim_grams,
                     const Parameters& parameters, const Mask& exempt)
    : book_(book),
      grams_(grams),
      trim_grams_(trim_grams),
      parameters_(parameters),
      exempt_(exempt.Runs()),
      matcher_(book, grams),
      tally_(parameters, book.size(), book.excerpts()),
      change_(book.size() + 1),
      changed_(book.size() + 1),
      end_of_start_(book.size()),
      begun_(book.size()),
      repeated_(grams.size()) {}

void Collector::Begin(std::uint32_t excerpt, std::span<const std::uint64_t> instruction) {
  excerpt_ = excerpt;
  own_ = book_.excerpt(excerpt);
  prompted_.clear();
  if (parameters_.trim > 0) prompted_ = SharedPositions(book_, trim_grams_, instruction);
}

void Collector::AddGeneration(std::span<const std::uint64_t> tokens, std::uint32_t number) {
  ++tally_.excerpts[excerpt_].generations;
  tally_.tokens += tokens.size();
  if (!matcher_.Find(tokens, runs_, repeated_)) {
    ++tally_.guarded;
    any_repeated_ = true;
  }
  if (runs_.empty()) return;
  pieces_.clear();
  parts_.clear();
  for (const Run& run : runs_) SeeRun(run, number);
  std::sort(parts_.begin(), parts_.end(), [](const Run& a, const Run& b) {
    return std::pair(a.text, a.book) < std::pair(b.text, b.book);
  });
  near_verbatim_.Mark(exempt_.empty() ? runs_ : parts_, tally_.near);
  CountHits();
}

/// Cuts the run around exempt tokens.
void Collector::SeeRun(const Run& run, std::uint32_t number) {
  const Range range = run.range();
  if (exempt_.empty()) return SeeRange(range, number);
  const auto see = [&](std::uint32_t start, std::uint32_t end) {
    if (start >= end) return;
    SeeRange({start, end}, number);
    if (end - start >= parameters_.shortest_k()) {
      parts_.push_back({start, run.text + start - run.book, end - start});
    }
  };
  std::uint32_t from = range.start;
  auto exempt = std::upper_bound(exempt_.begin(), exempt_.end(), range.start,
                                 [](std::uint32_t at, const Range& r) { return at < r.end; });
  for (; exempt != exempt_.end() && exempt->start < range.end; ++exempt) {
    see(from, exempt->start);
    from = std::min(exempt->end, range.end);
    tally_.exempted.Add({std::max(exempt->start, range.start), from});
  }
  see(from, range.end);
}

void Collector::SeeRange(Range range, std::uint32_t number) {
  if (range.end < range.start + parameters_.shortest_k()) return;
  // Pieces between the m-grams that the instruction holds wholly inside the run.
  std::uint32_t from = range.start;
  auto p = std::lower_bound(prompted_.begin(), prompted_.end(), range.start);
  for (; p != prompted_.end() && *p + parameters_.trim <= range.end; ++p) {
    if (*p > from) SeePiece({from, *p}, number);
    from = std::max(from, *p + parameters_.trim);
  }
  SeePiece({from, range.end}, number);

  if (range.length() < parameters_.k.front()) return;
  tally_.untrimmed.Add(range);
  begun_.Add(range.start);
  end_of_start_[range.start] = std::max(end_of_start_[range.start], range.end);
  const auto span = [&](SpanTally& scope, Range cut) {
    if (cut.end < cut.start + parameters_.k.front()) return;
    scope.See(cut, excerpt_);
    if (cut.length() < parameters_.shortest_span()) return;
    scope.start_of_end[cut.end] = std::min(scope.start_of_end[cut.end], cut.start);
    scope.spans.push_back(cut);
  };
  span(tally_.in_book, range);
  span(tally_.in_excerpt, {std::max(range.start, own_.start), std::min(range.end, own_.end)});
}

void Collector::SeePiece(Range piece, std::uint32_t number) {
  if (piece.start >= piece.end) return;
  for (std::size_t i = 0; i < parameters_.k.size(); ++i) {
    if (piece.length() >= parameters_.k[i]) tally_.covered[i].Add(piece);
  }
  if (piece.length() < parameters_.k.front()) return;
  for (std::uint32_t i = piece.start; i < piece.end; ++i) {
    tally_.first[i] = std::min(tally_.first[i], number);
    tally_.last[i] = std::max(tally_.last[i], number);
  }
  if (Beats(piece, tally_.longest_piece)) tally_.longest_piece = piece;
  pieces_.push_back(piece);
}

/// A generation counts once at a place, however many of its pieces lie there.
void Collector::CountHits() {
  std::sort(pieces_.begin(), pieces_.end());
  for (std::size_t i = 0; i < pieces_.size();) {
    Range whole = pieces_[i];
    for (++i; i < pieces_.size() && pieces_[i].start <= whole.end; ++i) {
      whole.end = std::max(whole.end, pieces_[i].end);
    }
    ++change_[whole.start];
    --change_[whole.end];
    changed_.Add(whole.start);
    changed_.Add(whole.end);
  }
}

/// Covers all places of the noted k-grams, but for those that touch a prompted m-gram.
void Collector::SpreadRepeated() {
  Mask blocked(book_.size());
  const std::uint32_t k = grams_.k();
  Mask exempt(book_.size());
  for (const Range& range : exempt_) {
    exempt.Add({range.start >= k ? range.start - k + 1 : 0, range.end});
  }
  for (const std::uint32_t p : prompted_) {
    blocked.Add({p >= k ? p - k + 1 : 0, std::min(p + parameters_.trim, book_.size())});
  }
  ForEachRepeated(grams_, repeated_, [&](std::uint32_t i) {
    if (exempt.Holds(i)) return;
    tally_.untrimmed.Add({i, i + k});
    if (blocked.Holds(i)) return;
    for (Mask& mask : tally_.covered) mask.Add({i, i + k});
  });
  repeated_ = Mask(grams_.size());
  any_repeated_ = false;
}

void Collector::End() {
  if (any_repeated_) SpreadRepeated();
  std::int32_t count = 0;
  std::uint32_t from = 0;
  changed_.TakeEach([&](std::uint32_t at) {
    if (count > 0) {
      tally_.hits.push_back({excerpt_, {from, at}, static_cast<std::uint32_t>(count)});
    }
    count += std::exchange(change_[at], 0);
    from = at;
  });
  Range widest;
  begun_.TakeEach([&](std::uint32_t start) {
    const Range range{start, std::exchange(end_of_start_[start], 0)};
    if (range.end <= widest.end) return;
    widest = range;
    tally_.crossing.push_back({range, excerpt_});
  });
  const std::size_t held =
      tally_.crossing.size() + tally_.in_excerpt.spans.size() + tally_.in_book.spans.size();
  if (held > 2 * tally_.settled_ + (1 << 16)) tally_.Settle();
}

}  // namespace redraft::audit
