#include "redraft/text/diversity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "redraft/text/ngrams.h"
#include "redraft/text/similarity.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

constexpr int kCompareWords = 200;
constexpr int kBleuWords = 300;
constexpr std::size_t kBleuTexts = 10;
constexpr std::size_t kOrders = 4;

using Counts = std::unordered_map<std::uint64_t, int>;

/// One text's n-gram counts of orders 1 to 4.
struct Profile {
  std::size_t words = 0;
  std::array<Counts, kOrders> counts;
};

Profile ProfileOf(std::string_view text) {
  const auto words = WordHashes(text);
  Profile profile{words.size(), {}};
  for (std::size_t n = 1; n <= kOrders; ++n) {
    for (const std::uint64_t gram : NGrams(words, n)) ++profile.counts[n - 1][gram];
  }
  return profile;
}

double Bleu(const Profile& text, const std::vector<const Profile*>& references) {
  if (text.words == 0 || references.empty()) return 0.0;
  double log_precision = 0.0;
  std::size_t orders = 0;
  for (std::size_t n = 0; n < kOrders; ++n) {
    double matched = 0, all = 0;
    for (const auto& [gram, count] : text.counts[n]) {
      int most = 0;
      for (const Profile* reference : references) {
        const auto it = reference->counts[n].find(gram);
        if (it != reference->counts[n].end()) most = std::max(most, it->second);
      }
      matched += std::min(count, most);
      all += count;
    }
    if (all == 0) break;  // shorter than n words
    ++orders;
    if (matched == 0 && n == 0) return 0.0;  // no word in common
    log_precision += std::log((matched == 0 ? 0.5 : matched) / all);
  }
  const auto distance = [&](const Profile* p) {
    return p->words > text.words ? p->words - text.words : text.words - p->words;
  };
  const Profile* nearest = *std::ranges::min_element(references, {}, distance);
  const double ratio = static_cast<double>(nearest->words) / static_cast<double>(text.words);
  return std::exp(log_precision / static_cast<double>(orders) + std::min(0.0, 1.0 - ratio));
}

double SelfBleu(std::span<const std::string> texts) {
  const std::size_t count = std::min(kBleuTexts, texts.size());
  if (count < 2) return 0.0;
  std::vector<Profile> profiles;
  for (std::size_t i = 0; i < count; ++i) {
    profiles.push_back(ProfileOf(FirstWords(texts[i * texts.size() / count], kBleuWords)));
  }
  double sum = 0;
  for (const Profile& profile : profiles) {
    std::vector<const Profile*> others;
    for (const Profile& other : profiles) {
      if (&other != &profile) others.push_back(&other);
    }
    sum += Bleu(profile, others);
  }
  return sum / static_cast<double>(count);
}

double DistinctShare(const std::vector<std::vector<std::uint64_t>>& words, std::size_t n) {
  std::unordered_set<std::uint64_t> distinct;
  std::size_t all = 0;
  for (const auto& text : words) {
    for (const std::uint64_t gram : NGrams(text, n)) {
      distinct.insert(gram);
      ++all;
    }
  }
  return all == 0 ? 0.0 : static_cast<double>(distinct.size()) / static_cast<double>(all);
}

double MeanPairwiseJaccard(std::span<const std::string> texts) {
  if (texts.size() < 2) return 0.0;
  std::vector<std::vector<std::uint64_t>> shingles;
  for (const std::string& text : texts) {
    shingles.push_back(Shingles(FirstWords(text, kCompareWords), 3));
  }
  double sum = 0;
  for (std::size_t i = 0; i < shingles.size(); ++i) {
    for (std::size_t j = i + 1; j < shingles.size(); ++j) sum += Jaccard(shingles[i], shingles[j]);
  }
  const auto n = static_cast<double>(texts.size());
  return sum / (n * (n - 1) / 2);
}

}  // namespace

double Bleu4(std::string_view text, std::span<const std::string_view> references) {
  std::vector<Profile> profiles;
  for (const std::string_view reference : references) profiles.push_back(ProfileOf(reference));
  std::vector<const Profile*> pointers;
  for (const Profile& profile : profiles) pointers.push_back(&profile);
  return Bleu(ProfileOf(text), pointers);
}

Diversity Measure(std::span<const std::string> texts) {
  Diversity result;
  result.texts = texts.size();
  if (texts.empty()) return result;
  std::vector<std::vector<std::uint64_t>> words;
  std::size_t total = 0;
  for (const std::string& text : texts) {
    words.push_back(WordHashes(text));
    total += words.back().size();
    words.back().resize(std::min<std::size_t>(words.back().size(), kCompareWords));
  }
  result.distinct1 = DistinctShare(words, 1);
  result.distinct2 = DistinctShare(words, 2);
  result.trigram_jaccard = MeanPairwiseJaccard(texts);
  result.self_bleu4 = SelfBleu(texts);
  result.mean_words = static_cast<double>(total) / static_cast<double>(texts.size());
  return result;
}

}  // namespace redraft::text
