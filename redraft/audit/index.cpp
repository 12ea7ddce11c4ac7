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
  std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted(n);
  for (std::uint32_t i = 0; i < n; ++i) sorted[i] = {hashes[i], i};
  std::sort(sorted.begin(), sorted.end());
  const std::size_t bits = std::bit_ceil(std::max<std::size_t>(16 * n, 64));
  bloom_.resize(bits / 64);
  bloom_mask_ = bits - 1;
  table_.resize(std::bit_ceil(std::max<std::size_t>(2 * n, 2)));
  table_mask_ = table_.size() - 1;
  positions_.resize(n);
  last_.resize(n);
  std::vector<bool> repeated(n);
  for (std::uint32_t first = 0; first < n;) {
    const std::uint64_t hash = sorted[first].first;
    std::uint32_t end = first;
    for (; end < n && sorted[end].first == hash; ++end) positions_[end] = sorted[end].second;
    last_[end - 1] = true;
    for (std::uint32_t i = first; i < end; ++i) repeated[positions_[i]] = end - first > 1;
    bloom_[(hash & bloom_mask_) >> 6] |= 1ULL << (hash & 63);
    std::uint64_t slot = (hash >> 24) & table_mask_;
    while (table_[slot].gram.count != 0) slot = (slot + 1) & table_mask_;
    table_[slot] = {hash, {first, end - first}};
    first = end;
  }
  next_repeated_.resize(n + 1, static_cast<std::uint32_t>(n));
  for (std::size_t i = n; i-- > 0;) {
    next_repeated_[i] = repeated[i] ? static_cast<std::uint32_t>(i) : next_repeated_[i + 1];
  }
}

std::span<const std::uint32_t> GramIndex::Positions(std::uint32_t number) const {
  std::uint32_t end = number;
  while (!last_[end]) ++end;
  return {positions_.data() + number, end - number + 1};
}

}  // namespace redraft::audit
