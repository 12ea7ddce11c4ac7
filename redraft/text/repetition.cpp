#include "redraft/text/repetition.h"

#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "redraft/base/check.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/ngrams.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

using Hashes = std::vector<std::uint64_t>;

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// A clause repeated back to back: at least three copies of eight words together, or two copies
/// that are most of the text. `run` counts words equal to the one a period before.
bool HasLoop(const Hashes& words) {
  constexpr std::size_t kLongestPeriod = 60;
  for (std::size_t period = 1; period <= kLongestPeriod && period < words.size(); ++period) {
    std::size_t run = 0;
    for (std::size_t i = period; i < words.size(); ++i) {
      run = words[i] == words[i - period] ? run + 1 : 0;
      if (run >= std::max<std::size_t>(2 * period, 8)) return true;
      // The first copy and the second, cut off by at most one word.
      const bool twice = period >= 5 && run + 1 >= period;
      if (twice && Share(period + run, words.size()) >= 0.5) return true;
    }
  }
  return false;
}

/// Share of the words that lie in eight-word runs seen before.
double RepeatedShare(const Hashes& words) {
  constexpr std::size_t kRun = 8;
  std::unordered_set<std::uint64_t> seen;
  std::size_t covered = 0, end = 0;
  const auto runs = NGrams(words, kRun);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (seen.insert(runs[i]).second) continue;
    covered += i + kRun - std::max(end, i);
    end = i + kRun;
  }
  return Share(covered, words.size());
}

/// Share of the words in pieces of at least `least` words that were seen before, and the most
/// often that one piece occurs.
struct Repeats {
  double share = 0.0;
  int most = 0;
};
Repeats RepeatedPieces(const std::vector<std::string_view>& pieces, std::size_t least,
                       std::size_t all) {
  std::unordered_map<std::string, int> seen;
  std::size_t repeated = 0;
  Repeats result;
  for (const std::string_view piece : pieces) {
    const std::string normal = Normalise(piece);
    const auto words = static_cast<std::size_t>(std::ranges::count(normal, ' ')) + 1;
    if (words < least) continue;
    const int times = ++seen[normal];
    if (times > 1) repeated += words;
    result.most = std::max(result.most, times);
  }
  result.share = Share(repeated, all);
  return result;
}

double CompressedShare(std::string_view text) {
  std::vector<char> buffer(ZSTD_compressBound(text.size()));
  const std::size_t size = ZSTD_compress(buffer.data(), buffer.size(), text.data(), text.size(), 6);
  REDRAFT_CHECK(!ZSTD_isError(size));
  return Share(size, text.size());
}

}  // namespace

bool IsRepetitive(std::string_view text) {
  const Hashes words = WordHashes(text);
  if (HasLoop(words)) return true;
  if (RepeatedShare(words) > 0.2) return true;
  const Repeats sentences = RepeatedPieces(Sentences(text), 4, words.size());
  if (sentences.share > 0.2 || (sentences.most >= 4 && sentences.share > 0.1)) return true;
  if (RepeatedPieces(Paragraphs(text), 20, words.size()).share > 0) return true;
  // English prose of 1,000 bytes compresses to .55-.60, a whole book to .35.
  constexpr std::size_t kSample = 8000;
  return text.size() >= 600 && CompressedShare(text.substr(0, kSample)) < 0.3;
}

}  // namespace redraft::text
