#pragma once

// A set of token positions of a book, as bits.

#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "redraft/audit/index.h"

namespace redraft::audit {

class Mask {
 public:
  explicit Mask(std::uint32_t size = 0) : size_(size), words_(size / 64 + 1) {}

  std::uint32_t size() const { return size_; }
  bool Holds(std::uint32_t at) const { return (words_[at >> 6] >> (at & 63)) & 1; }
  void Add(std::uint32_t at) { words_[at >> 6] |= 1ULL << (at & 63); }
  void Add(Range range);
  void Add(const Mask& other);
  std::uint32_t Count() const;
  std::uint32_t Count(Range range) const;
  /// The set as sorted ranges that neither overlap nor touch.
  std::vector<Range> Runs() const;
  /// Calls see(position) for each, ascending, and empties the set.
  template <class See>
  void TakeEach(const See& see) {
    for (std::uint32_t block = 0; block < words_.size(); ++block) {
      for (std::uint64_t bits = std::exchange(words_[block], 0); bits != 0; bits &= bits - 1) {
        see(64 * block + static_cast<std::uint32_t>(std::countr_zero(bits)));
      }
    }
  }
  static Mask FromRuns(std::uint32_t size, std::span<const Range> runs);
  bool operator==(const Mask&) const = default;

 private:
  std::uint32_t size_;
  std::vector<std::uint64_t> words_;
};

/// |a ∩ b| of two sets over the same book.
std::uint32_t CountBoth(const Mask& a, const Mask& b);

/// |a ∩ b| / |a ∪ b|; 0 when both are empty.
double Jaccard(const Mask& a, const Mask& b);

/// What Jaccard would be if the two sets were independent: p_a p_b / (p_a + p_b − p_a p_b).
double RandomJaccard(const Mask& a, const Mask& b);

}  // namespace redraft::audit
