#include "redraft/text/ngrams.h"

#include <algorithm>

#include "redraft/base/hash.h"
#include "redraft/text/words.h"

namespace redraft::text {

std::vector<std::uint64_t> WordHashes(std::string_view text) {
  const std::string normal = Normalise(text);
  std::vector<std::uint64_t> hashes;
  for (std::size_t begin = 0; begin < normal.size();) {
    const std::size_t end = std::min(normal.find(' ', begin), normal.size());
    hashes.push_back(StableHash(std::string_view(normal).substr(begin, end - begin)));
    begin = end + 1;
  }
  return hashes;
}

std::vector<std::uint64_t> NGrams(std::span<const std::uint64_t> words, std::size_t n) {
  std::vector<std::uint64_t> grams;
  if (n == 0 || words.size() < n) return grams;
  grams.reserve(words.size() - n + 1);
  for (std::size_t i = 0; i + n <= words.size(); ++i) {
    std::uint64_t hash = n;
    for (const std::uint64_t word : words.subspan(i, n)) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
      hash ^= hash >> 29;
    }
    grams.push_back(hash);
  }
  return grams;
}

std::vector<std::uint64_t> Shingles(std::string_view text, std::size_t n) {
  const auto words = WordHashes(text);
  auto grams = NGrams(words, std::min(n, words.size()));
  std::ranges::sort(grams);
  const auto repeats = std::ranges::unique(grams);
  grams.erase(repeats.begin(), repeats.end());
  return grams;
}

}  // namespace redraft::text
