#include "redraft/audit/matcher.h"

#include <algorithm>
#include <bit>

namespace redraft::audit {
namespace {

/// Comparisons allowed for a text of `tokens` tokens. Prose needs a few dozen for each run; the
/// paper's longest generations stay below a tenth of this.
std::uint64_t Budget(std::size_t tokens) { return 32768 + 16 * tokens; }

/// Heads of neighbouring candidates between fetching a k-gram's place and looking at it.
constexpr std::size_t kAhead = 8;

/// How many of the first `most` tokens are equal.
std::uint32_t EqualTokens(const std::uint64_t* a, const std::uint64_t* b, std::uint32_t most) {
  std::uint32_t length = 0;
  while (length + 4 <= most &&
         ((a[length] ^ b[length]) | (a[length + 1] ^ b[length + 1]) |
          (a[length + 2] ^ b[length + 2]) | (a[length + 3] ^ b[length + 3])) == 0) {
    length += 4;
  }
  while (length < most && a[length] == b[length]) ++length;
  return length;
}

}  // namespace

/// Notes the starts that may stand in the book as bits, and the first ones of neighbours in a list.
void Matcher::FindCandidates() {
  const auto starts = static_cast<std::uint32_t>(hashes_.size());
  candidates_.resize(starts / 64 + 1);
  heads_.clear();
  std::uint64_t carry = 0;
  for (std::uint32_t block = 0; block < candidates_.size(); ++block) {
    const std::uint32_t from = 64 * block, to = std::min(from + 64, starts);
    std::uint64_t bits = 0;
    for (std::uint32_t j = from; j < to; ++j) {
      bits |= static_cast<std::uint64_t>(index_.MayHold(hashes_[j])) << (j - from);
    }
    candidates_[block] = bits;
    for (std::uint64_t heads = bits & ~(bits << 1 | carry); heads != 0; heads &= heads - 1) {
      heads_.push_back(from + static_cast<std::uint32_t>(std::countr_zero(heads)));
    }
    carry = bits >> 63;
  }
}

bool Matcher::Find(std::span<const std::uint64_t> text, std::vector<Run>& runs, Mask& repeated) {
  runs.clear();
  const std::uint32_t k = index_.k();
  HashGrams(text, k, hashes_);
  if (hashes_.empty() || index_.size() == 0) return true;
  FindCandidates();
  const std::uint64_t* book = book_.keys.data();
  const std::uint32_t n = book_.size();
  const auto tokens = static_cast<std::uint32_t>(text.size());
  const auto candidate = [this](std::uint32_t j) {
    return j < hashes_.size() && ((candidates_[j >> 6] >> (j & 63)) & 1) != 0;
  };
  const std::uint64_t budget = Budget(text.size());
  std::uint64_t work = 0;
  bool complete = true;
  for (std::size_t head = 0; head < heads_.size(); ++head) {
    if (head + kAhead < heads_.size()) index_.Prefetch(hashes_[heads_[head + kAhead]]);
    std::uint32_t next = 0;
    for (std::uint32_t j = heads_[head]; candidate(j); j = next) {
      next = j + 1;
      const GramIndex::Gram gram = index_.Find(hashes_[j]);
      if (gram.count == 0) continue;
      const bool unique = gram.count == 1;
      for (std::uint32_t i = gram.first; i < index_.size(); i = index_.NextSame(i)) {
        if (work > budget) {
          complete = false;
          repeated.Add(gram.first);
          break;
        }
        ++work;
        const bool begins = i == 0 || j == 0 || book[i - 1] != text[j - 1];
        if (!begins && !unique) continue;
        const std::uint32_t most = std::min(n - i, tokens - j);
        const std::uint32_t length = EqualTokens(book + i, text.data() + j, most);
        work += length;
        if (length < k) continue;
        if (begins) runs.push_back({i, j, length});
        if (unique) {
          const std::uint32_t starts = length - k + 1;  // of k-grams inside the run
          next = j + std::min(starts, index_.NextRepeated(i) - i);
        }
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
    if (gram.count == 0 || seen[gram.first]) continue;
    seen[gram.first] = true;
    const std::span<const std::uint64_t> words = text.subspan(j, index.k());
    for (std::uint32_t i = gram.first; i < index.size(); i = index.NextSame(i)) {
      if (std::equal(words.begin(), words.end(), book.keys.begin() + i)) positions.push_back(i);
    }
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace redraft::audit
