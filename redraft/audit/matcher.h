#pragma once

// The one list from which every metric follows: all maximal word diagonals between a text and a
// book.
//
// Method  Each k-gram of the text is looked up in the book. A hit whose words on the left differ
//         begins a run, which is extended to the right; behind a run whose k-grams occur once in
//         the book no other can begin before its end, so the scan jumps there.
// Cost    O(tokens + hits + lengths of the runs), about 12 ns a token of ordinary prose.
// Guard   A book that repeats itself without end gives as many runs as the two lengths multiplied.
//         Above a budget for each text the matcher stops listing runs and notes only which k-grams
//         of the book occur in the text: coverage stays exact, longest spans become lower bounds.

#include <cstdint>
#include <span>
#include <vector>

#include "redraft/audit/index.h"
#include "redraft/audit/mask.h"

namespace redraft::audit {

/// book[book + t] == text[text + t] for all t < length; longer neither way.
struct Run {
  std::uint32_t book = 0, text = 0, length = 0;
  Range range() const { return {book, book + length}; }
  auto operator<=>(const Run&) const = default;
};

class Matcher {
 public:
  /// Both outlive the matcher, which is scratch space for one thread.
  Matcher(const BookTokens& book, const GramIndex& index) : book_(book), index_(index) {}

  /// Replaces `runs` by all runs of at least index.k() tokens, in order of their place in the text.
  /// False when the guard acted: then `repeated` has gained, of every k-gram of the book that the
  /// text holds and the list does not cover, the first position in the book.
  bool Find(std::span<const std::uint64_t> text, std::vector<Run>& runs, Mask& repeated);

 private:
  void FindCandidates();

  const BookTokens& book_;
  const GramIndex& index_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> candidates_;  ///< a bit for each start
  std::vector<std::uint32_t> heads_;       ///< candidates without one before them
};

/// Calls see(position) for every place of the k-grams that Matcher::Find noted.
template <class See>
void ForEachRepeated(const GramIndex& index, const Mask& repeated, const See& see) {
  for (const Range& firsts : repeated.Runs()) {
    for (std::uint32_t first = firsts.start; first < firsts.end; ++first) {
      for (std::uint32_t i = first; i < index.size(); i = index.NextSame(i)) see(i);
    }
  }
}

/// The positions p of the book at which `m` of its tokens (index.k() is m) stand in `text` too;
/// ascending.
std::vector<std::uint32_t> SharedPositions(const BookTokens& book, const GramIndex& index,
                                           std::span<const std::uint64_t> text);

}  // namespace redraft::audit
