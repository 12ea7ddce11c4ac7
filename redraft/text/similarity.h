#pragma once

// How much two texts share, and finding a text's near duplicates among earlier ones.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace redraft::text {

/// Two texts whose trigram Jaccard similarity is above this are near duplicates: a variant that is
/// its parent with a few words changed. Independent drafts of one prompt lie at .01 and never above
/// .15; in the converged last batches of the reference's Llama runs 14 to 66 pairs of 30-40 stories
/// exceed .5 (AlphaWrite's published data, see published_data_test.cpp).
inline constexpr double kNearDuplicate = 0.5;

/// |A ∩ B| / |A ∪ B| of two sorted sets without repeats; 0 when both are empty.
double Jaccard(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

/// |A ∩ B| / |A| of two sorted sets without repeats; 0 when A is empty.
double Containment(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

/// Jaccard similarity of the word trigrams of two whole texts, in [0, 1].
double TrigramJaccard(std::string_view a, std::string_view b);

/// ROUGE-1 F (Lin 2004): the harmonic mean of the shares of each text's words that the other one
/// has too, a word counting as often as both have it. In [0, 1]; 0 when either has no words.
double UnigramF1(std::string_view a, std::string_view b);

/// An earlier text that a text repeats.
struct Match {
  std::string id;
  double similarity = 0.0;  ///< trigram Jaccard
  bool exact = false;       ///< equal after normalisation: "duplicate", else "near_duplicate"
};

/// An index of texts that answers "have we seen this before?". Grows text by text.
///
/// Cost     Find and Add: linear in the words of the text, plus in Find the number of (trigram,
/// earlier
///          text) pairs it shares; exact, no sketching.
/// Threads  Find may run in several threads when nobody calls Add.
class NearDuplicates {
 public:
  explicit NearDuplicates(double threshold = kNearDuplicate) : threshold_(threshold) {}

  /// The exact repeat that was added first; else the most similar text above the threshold (the
  /// earliest of equals). Texts without words match nothing.
  std::optional<Match> Find(std::string_view text) const;

  void Add(std::string id, std::string_view text);

  std::size_t size() const { return ids_.size(); }

 private:
  double threshold_;
  std::vector<std::string> ids_;
  std::vector<std::size_t> sizes_;                                       ///< trigrams of each text
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> texts_;  ///< by trigram
  std::map<std::string, std::uint32_t> exact_;  ///< by SHA-256 of the normal form
};

}  // namespace redraft::text
