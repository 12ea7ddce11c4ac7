#include "redraft/audit/mask.h"

#include <bit>

#include "redraft/base/check.h"

namespace redraft::audit {

void Mask::Add(Range range) {
  if (range.start >= range.end) return;
  const std::uint32_t first = range.start >> 6, last = (range.end - 1) >> 6;
  const std::uint64_t head = ~0ULL << (range.start & 63);
  const std::uint64_t tail = ~0ULL >> (63 - ((range.end - 1) & 63));
  if (first == last) {
    words_[first] |= head & tail;
    return;
  }
  words_[first] |= head;
  for (std::uint32_t i = first + 1; i < last; ++i) words_[i] = ~0ULL;
  words_[last] |= tail;
}

void Mask::Add(const Mask& other) {
  REDRAFT_CHECK(size_ == other.size_);
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

std::uint32_t Mask::Count() const {
  int count = 0;
  for (const std::uint64_t word : words_) count += std::popcount(word);
  return static_cast<std::uint32_t>(count);
}

std::uint32_t Mask::Count(Range range) const {
  std::uint32_t count = 0;
  for (std::uint32_t i = range.start; i < range.end; ++i) count += Holds(i) ? 1U : 0U;
  return count;
}

std::vector<Range> Mask::Runs() const {
  std::vector<Range> runs;
  bool inside = false;
  for (std::uint32_t block = 0; block < words_.size(); ++block) {
    std::uint64_t changes = words_[block] ^ ((words_[block] << 1) | (inside ? 1 : 0));
    for (; changes != 0; changes &= changes - 1) {
      const std::uint32_t at = 64 * block + static_cast<std::uint32_t>(std::countr_zero(changes));
      inside = !inside;
      if (inside) {
        runs.push_back({at, at});
      } else {
        runs.back().end = at;
      }
    }
  }
  return runs;
}

Mask Mask::FromRuns(std::uint32_t size, std::span<const Range> runs) {
  Mask mask(size);
  for (const Range& run : runs) {
    REDRAFT_CHECK(run.end <= size);
    mask.Add(run);
  }
  return mask;
}

std::uint32_t CountBoth(const Mask& a, const Mask& b) {
  Mask either = a;
  either.Add(b);
  return a.Count() + b.Count() - either.Count();
}

double Jaccard(const Mask& a, const Mask& b) {
  const std::uint32_t both = CountBoth(a, b);
  const std::uint32_t either = a.Count() + b.Count() - both;
  return either == 0 ? 0.0 : static_cast<double>(both) / either;
}

double RandomJaccard(const Mask& a, const Mask& b) {
  if (a.size() == 0) return 0.0;
  const double p = static_cast<double>(a.Count()) / a.size();
  const double q = static_cast<double>(b.Count()) / b.size();
  return p + q == 0 ? 0.0 : p * q / (p + q - p * q);
}

}  // namespace redraft::audit
