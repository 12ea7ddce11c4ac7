#pragma once

// A book as tokens, and where each run of k of its tokens occurs.
//
// Structure  k-gram hashes (XOR of rotated token keys) sorted with their positions; an open table of
//            distinct grams; in front of it a Bloom filter of one bit a gram in 16 bits of table; for
//            each position the next one at or behind it whose gram occurs more than once.
// Exactness  a gram's hash only proposes positions; the matcher compares the tokens themselves.
// Cost       O(n log n) to build (0.02 s for a novel), about 60 bytes a token.
// Threads    read-only after construction.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "redraft/audit/tokeniser.h"

namespace redraft::audit {

/// Token positions [start, end) of a book.
struct Range {
  std::uint32_t start = 0, end = 0;
  std::uint32_t length() const { return end - start; }
  auto operator<=>(const Range&) const = default;
};

/// The tokens of a book: its excerpts one after another, each tokenised on its own.
struct BookTokens {
  std::vector<std::uint64_t> keys;
  std::vector<ByteRange> ranges;              ///< of the token in its excerpt's text
  std::vector<std::uint32_t> starts = {0};    ///< first token of each excerpt, and the end of all
  std::uint32_t size() const { return static_cast<std::uint32_t>(keys.size()); }
  std::uint32_t excerpts() const { return static_cast<std::uint32_t>(starts.size() - 1); }
  Range excerpt(std::uint32_t i) const { return {starts[i], starts[i + 1]}; }
  void AppendExcerpt(Tokeniser& tokeniser, std::string_view text);
};

/// The excerpt that holds the token, given BookTokens::starts.
std::uint32_t ExcerptOf(std::span<const std::uint32_t> starts, std::uint32_t position);

/// Hashes of all runs of k keys: hashes[j] is of keys[j..j+k). Empty when there are fewer than k.
void HashGrams(std::span<const std::uint64_t> keys, std::uint32_t k,
               std::vector<std::uint64_t>& hashes);

class GramIndex {
 public:
  /// k >= 1.
  GramIndex(std::span<const std::uint64_t> keys, std::uint32_t k);

  std::uint32_t k() const { return k_; }

  /// False when no gram has this hash; true mostly when one has.
  bool MayHold(std::uint64_t hash) const {
    const std::uint64_t bit = hash & bloom_mask_;
    return (bloom_[bit >> 6] >> (bit & 63)) & 1;
  }

  /// A number for each distinct gram, or -1.
  std::int64_t Find(std::uint64_t hash) const;
  std::uint32_t grams() const { return static_cast<std::uint32_t>(firsts_.size()) - 1; }
  /// Where a gram occurs, ascending.
  std::span<const std::uint32_t> Positions(std::int64_t gram) const {
    const auto i = static_cast<std::size_t>(gram);
    return {positions_.data() + firsts_[i], firsts_[i + 1] - firsts_[i]};
  }
  /// The first position at or behind `position` whose gram occurs again in the book; at least the
  /// number of grams when there is none.
  std::uint32_t NextRepeated(std::uint32_t position) const { return next_repeated_[position]; }

 private:
  std::uint32_t k_;
  std::uint64_t bloom_mask_ = 0, table_mask_ = 0;
  std::vector<std::uint64_t> bloom_;
  std::vector<std::uint64_t> hashes_;     ///< of the distinct grams, ascending
  std::vector<std::uint32_t> firsts_;     ///< into positions_, one more than grams
  std::vector<std::uint32_t> positions_;
  std::vector<std::uint32_t> table_;      ///< number of a gram + 1; 0 is free
  std::vector<std::uint32_t> next_repeated_;
};

}  // namespace redraft::audit
