#include "redraft/audit/index.h"

#include <algorithm>
#include <bit>

#include "redraft/base/check.h"

namespace redraft::audit {
namespace {

constexpr int kTurn = 11;  // bits by which a key is rotated for each token behind it

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
  positions_.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) positions_[i] = i;
  std::sort(positions_.begin(), positions_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return hashes[a] != hashes[b] ? hashes[a] < hashes[b] : a < b;
  });
  std::vector<bool> repeated(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    const bool same = i > 0 && hashes[positions_[i]] == hashes[positions_[i - 1]];
    if (same) {
      repeated[positions_[i]] = repeated[positions_[i - 1]] = true;
    } else {
      firsts_.push_back(i);
      hashes_.push_back(hashes[positions_[i]]);
    }
  }
  firsts_.push_back(static_cast<std::uint32_t>(n));
  next_repeated_.resize(n + 1, static_cast<std::uint32_t>(n));
  for (std::size_t i = n; i-- > 0;) {
    next_repeated_[i] = repeated[i] ? static_cast<std::uint32_t>(i) : next_repeated_[i + 1];
  }
  const std::size_t bits = std::bit_ceil(std::max<std::size_t>(16 * hashes_.size(), 64));
  bloom_.resize(bits / 64);
  bloom_mask_ = bits - 1;
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(2 * hashes_.size(), 2));
  table_.resize(slots);
  table_mask_ = slots - 1;
  for (std::uint32_t gram = 0; gram < hashes_.size(); ++gram) {
    const std::uint64_t hash = hashes_[gram];
    bloom_[(hash & bloom_mask_) >> 6] |= 1ULL << (hash & 63);
    std::uint64_t slot = (hash >> 24) & table_mask_;
    while (table_[slot] != 0) slot = (slot + 1) & table_mask_;
    table_[slot] = gram + 1;
  }
}

std::int64_t GramIndex::Find(std::uint64_t hash) const {
  for (std::uint64_t slot = (hash >> 24) & table_mask_;; slot = (slot + 1) & table_mask_) {
    const std::uint32_t entry = table_[slot];
    if (entry == 0) return -1;
    if (hashes_[entry - 1] == hash) return entry - 1;
  }
}

}  // namespace redraft::audit
