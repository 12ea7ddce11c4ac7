#include "redraft/audit/matcher.h"

#include <algorithm>

namespace redraft::audit {
namespace {

/// Comparisons allowed for a text of `tokens` tokens. Prose needs a few dozen for each run; the
/// paper's longest generations stay below a tenth of this.
std::uint64_t Budget(std::size_t tokens) { return 32768 + 16 * tokens; }

/// Candidates between fetching a k-gram's place and looking at it.
constexpr std::size_t kAhead = 12;

}  // namespace

bool Matcher::Find(std::span<const std::uint64_t> text, std::vector<Run>& runs, Mask& repeated) {
  runs.clear();
  const std::uint32_t k = index_.k();
  HashGrams(text, k, hashes_);
  if (hashes_.empty() || index_.size() == 0) return true;
  candidates_.resize(hashes_.size());
  std::size_t candidates = 0;
  for (std::uint32_t j = 0; j < hashes_.size(); ++j) {
    candidates_[candidates] = j;
    candidates += index_.MayHold(hashes_[j]) ? 1U : 0U;
  }
  const std::uint64_t* book = book_.keys.data();
  const std::uint32_t n = book_.size();
  const auto tokens = static_cast<std::uint32_t>(text.size());
  const std::uint64_t budget = Budget(text.size());
  std::uint64_t work = 0;
  bool complete = true;
  std::uint32_t next = 0;  // starts before it are known to begin no run
  for (std::size_t c = 0; c < candidates; ++c) {
    const std::uint32_t j = candidates_[c];
    // Behind the first of neighbours there is mostly a run, whose k-grams are not looked up.
    if (const std::size_t ahead = c + kAhead; ahead < candidates) {
      const std::uint32_t soon = candidates_[ahead];
      if (candidates_[ahead - 1] + 1 != soon) index_.Prefetch(hashes_[soon]);
    }
    if (j < next) continue;
    const GramIndex::Gram gram = index_.Find(hashes_[j]);
    if (gram.count == 0) continue;
    const auto positions = index_.Positions(gram);
    for (const std::uint32_t i : positions) {
      if (work > budget) {
        complete = false;
        repeated.Add(gram.number);
        break;
      }
      ++work;
      const bool unique = positions.size() == 1;
      const bool begins = i == 0 || j == 0 || book[i - 1] != text[j - 1];
      if (!begins && !unique) continue;
      const std::uint32_t most = std::min(n - i, tokens - j);
      std::uint32_t length = 0;
      while (length < most && book[i + length] == text[j + length]) ++length;
      work += length;
      if (length < k) continue;
      if (begins) runs.push_back({i, j, length});
      if (unique) {
        const std::uint32_t starts = length - k + 1;  // of k-grams inside the run
        next = j + std::min(starts, index_.NextRepeated(i) - i);
      }
    }
  }
  return complete;
}

std::vector<std::uint32_t> SharedPositions(const BookTokens& book, const GramIndex& index,
                                           std::span<const std::uint64_t> text) {
  std::vector<std::uint64_t> hashes;
  HashGrams(text, index.k(), hashes);
  std::vector<std::uint32_t> positions;
  std::vector<bool> seen(index.size());
  for (std::size_t j = 0; j < hashes.size(); ++j) {
    if (!index.MayHold(hashes[j])) continue;
    const GramIndex::Gram gram = index.Find(hashes[j]);
    if (gram.count == 0 || seen[gram.number]) continue;
    seen[gram.number] = true;
    const std::span<const std::uint64_t> words = text.subspan(j, index.k());
    for (const std::uint32_t i : index.Positions(gram)) {
      if (std::equal(words.begin(), words.end(), book.keys.begin() + i)) positions.push_back(i);
    }
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace redraft::audit
