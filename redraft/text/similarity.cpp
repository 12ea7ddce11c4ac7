#include "redraft/text/similarity.h"

#include <algorithm>

#include "redraft/base/hash.h"
#include "redraft/text/ngrams.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

constexpr std::size_t kShingle = 3;

std::size_t Shared(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  std::size_t shared = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] < b[j]) {
      ++i;
    } else if (b[j] < a[i]) {
      ++j;
    } else {
      ++shared, ++i, ++j;
    }
  }
  return shared;
}

double Ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Jaccard(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  const std::size_t shared = Shared(a, b);
  return Ratio(shared, a.size() + b.size() - shared);
}

double Containment(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  return Ratio(Shared(a, b), a.size());
}

double TrigramJaccard(std::string_view a, std::string_view b) {
  return Jaccard(Shingles(a, kShingle), Shingles(b, kShingle));
}

double UnigramF1(std::string_view a, std::string_view b) {
  auto words_a = WordHashes(a), words_b = WordHashes(b);
  std::sort(words_a.begin(), words_a.end());
  std::sort(words_b.begin(), words_b.end());
  if (words_a.empty() || words_b.empty()) return 0;
  return Ratio(2 * Shared(words_a, words_b), words_a.size() + words_b.size());
}

std::optional<Match> NearDuplicates::Find(std::string_view text) const {
  const auto shingles = Shingles(text, kShingle);
  if (shingles.empty()) return std::nullopt;
  if (const auto it = exact_.find(Sha256Hex(Normalise(text))); it != exact_.end()) {
    return Match{ids_[it->second], 1.0, true};
  }
  std::unordered_map<std::uint32_t, std::size_t> shared;
  for (const std::uint64_t shingle : shingles) {
    const auto it = texts_.find(shingle);
    if (it == texts_.end()) continue;
    for (const std::uint32_t other : it->second) ++shared[other];
  }
  double best = threshold_;
  std::optional<std::uint32_t> found;
  for (const auto& [other, count] : shared) {
    const double similarity = Ratio(count, shingles.size() + sizes_[other] - count);
    const bool earlier = found && similarity == best && other < *found;
    if (similarity > best || earlier) {
      best = similarity;
      found = other;
    }
  }
  if (!found) return std::nullopt;
  return Match{ids_[*found], best, false};
}

void NearDuplicates::Add(std::string id, std::string_view text) {
  const auto index = static_cast<std::uint32_t>(ids_.size());
  const auto shingles = Shingles(text, kShingle);
  ids_.push_back(std::move(id));
  sizes_.push_back(shingles.size());
  if (shingles.empty()) return;
  for (const std::uint64_t shingle : shingles) texts_[shingle].push_back(index);
  exact_.emplace(Sha256Hex(Normalise(text)), index);
}

}  // namespace redraft::text
