#pragma once

// How rare word stems are, and which words are known: tables hashed into fixed sizes.
//
// Units    Rarity is an inverse document frequency ln((n + 1) / (df + 1)) in natural units, stored
// in
//          steps of 1/16. Stems that share a cell share the larger frequency.
// Threads  Immutable once made.

#include <cstdint>
#include <span>
#include <vector>

#include "redraft/reward/order.h"

namespace redraft::reward {

class Lexicon {
 public:
  static constexpr std::size_t kCells = std::size_t{1} << 16U;

  Lexicon() : rarity_(kCells, 0) {}
  /// From texts, each a list of sentences.
  explicit Lexicon(std::span<const SentenceOrder> texts);
  /// From kCells stored bytes.
  explicit Lexicon(std::vector<std::uint8_t> rarity) : rarity_(std::move(rarity)) {}

  double Rarity(std::uint64_t stem) const { return rarity_[stem & (kCells - 1)] / 16.0; }
  const std::vector<std::uint8_t>& cells() const { return rarity_; }

 private:
  std::vector<std::uint8_t> rarity_;
};

}  // namespace redraft::reward
