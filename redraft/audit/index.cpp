#include "redraft/audit/index.h"

#include <algorithm>
#include <bit>

#include "redraft/base/check.h"

namespace redraft::audit {
namespace {

constexpr int kTurn = 11;            // bits by which a key is rotated for each token behind it
constexpr std::uint32_t kAhead = 8;  // grams between fetching a place in the table and using it

}  // namespace

std::uint32_t ExcerptOf(std::span<const std::uint32_t> starts, std::uint32_t position) {
  const auto next = std::upper_bound(starts.begin(), starts.end(), position);
  return static_cast<std::uint32_t>(next - starts.begin()) - 1;
}

void BookTokens::AppendExcerpt(Tokeniser& tokeniser, std::string_view text) {
  tokeniser.AppendTokens(text, keys, ranges);
  starts.push_back(size());
}

void HashGrams(std::span<const std::uint64_t> keys, std::uint32_t k,
               std::vector<std::uint64_t>& hashes) {
  hashes.clear();
  if (keys.size() < k) return;
  hashes.resize(keys.size() - k + 1);
  std::uint64_t hash = 0;
  for (std::uint32_t t = 0; t < k; ++t) hash = std::rotl(hash, kTurn) ^ keys[t];
  hashes[0] = hash;
  const int gone = static_cast<int>(kTurn * k % 64);  // how far the leaving key has been turned
  for (std::size_t j = 1; j < hashes.size(); ++j) {
    hash = std::rotl(hash, kTurn) ^ std::rotl(keys[j - 1], gone) ^ keys[j + k - 1];
    hashes[j] = hash;
  }
}

GramIndex::GramIndex(std::span<const std::uint64_t> keys, std::uint32_t k) : k_(k) {
  REDRAFT_CHECK(k >= 1);
  std::vector<std::uint64_t> hashes;
  HashGrams(keys, k, hashes);
  const std::size_t n = hashes.size();
  const std::size_t bits = std::bit_ceil(std::max<std::size_t>(16 * n, 64));
  bloom_.resize(bits / 64);
  bloom_mask_ = bits - 1;
  table_.resize(std::bit_ceil(std::max<std::size_t>(2 * n, 2)));
  table_mask_ = table_.size() - 1;
  const auto none = static_cast<std::uint32_t>(n);
  next_same_.resize(n, none);
  next_repeated_.resize(n + 1, none);
  // From the end, so that the table always holds the first position behind the one at hand.
  std::vector<bool> again(n);
  for (std::uint32_t i = none; i-- > 0;) {
    const std::uint64_t hash = hashes[i];
    bloom_[(hash & bloom_mask_) >> 6] |= 1ULL << (hash & 63);
    if (i >= kAhead) Prefetch(hashes[i - kAhead]);
    std::uint64_t slot = (hash >> 24) & table_mask_;
    while (table_[slot].gram.count != 0 && table_[slot].hash != hash) {
      slot = (slot + 1) & table_mask_;
    }
    Gram& gram = table_[slot].gram;
    if (gram.count > 0) {
      next_same_[i] = gram.first;
      again[gram.first] = true;
    }
    table_[slot] = {hash, {i, gram.count + 1}};
  }
  for (std::uint32_t i = none; i-- > 0;) {
    next_repeated_[i] = again[i] || next_same_[i] < none ? i : next_repeated_[i + 1];
  }
}

}  // namespace redraft::audit
