#pragma once

// Recall that survives small edits: runs with little between them, chained.
//
// Paper  the two steps of near-verbatim recall of Ahmed et al. 2026 (arXiv 2601.02671):
// neighbouring
//        runs are joined when the gaps are at most 2 words and differ by at most 1; chains of 20
//        matched words and more are joined again over gaps of at most 10 that differ by at most 3;
//        chains of 100 matched words and more count. Only matched words count, not those of the
//        gaps.
// Runs   are those of the matcher (at least k words), where the paper aligns with difflib: a
// shorter
//        island of equal words between two edits does not count.

#include <cstdint>
#include <span>
#include <vector>

#include "redraft/audit/mask.h"
#include "redraft/audit/matcher.h"

namespace redraft::audit {

struct NearVerbatimRule {
  std::uint32_t gap = 0, drift = 0, keep = 0;
};
inline constexpr NearVerbatimRule kNearVerbatimRules[] = {{2, 1, 20}, {10, 3, 100}};

/// Scratch space: one per thread.
class NearVerbatim {
 public:
  /// Adds the book's tokens that one text holds near verbatim. `runs` in order of their place in
  /// it. Cost  O(runs): a chain is only joined to one of the sixteen before it.
  void Mark(std::span<const Run> runs, Mask& near);

 private:
  /// Runs that follow each other in both texts, linked by next_.
  struct Chain {
    std::uint32_t head = 0, tail = 0, matched = 0;
    std::uint32_t book = 0, book_end = 0, text = 0, text_end = 0;  ///< where it begins and ends
  };
  static bool Follows(const Chain& chain, const Chain& next, const NearVerbatimRule& rule);
  void Join(const NearVerbatimRule& rule);

  std::vector<Chain> chains_;
  std::vector<std::uint32_t> next_;
};

}  // namespace redraft::audit
