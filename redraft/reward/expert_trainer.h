#pragma once

// How the experts learn: texture from comparisons of texts, all others from texts alone, by telling
// them from what was done to them (corruption.h).
//
// Cost     About two seconds per thousand texts of 200 words.
// Threads  A pure function of its arguments.

#include <span>
#include <string_view>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/reward/experts.h"
#include "redraft/reward/pairwise_logistic.h"

namespace redraft::reward {

/// A text with what is computed of it once.
struct Prepared {
  explicit Prepared(std::string_view source);
  Prepared(const Prepared&) = delete;
  Prepared(Prepared&&) = default;

  std::string_view text;
  Passage passage;
  SentenceOrder sentences;  ///< of the passage
  std::vector<Gram> grams;
  std::size_t family =
      0;  ///< texts of one origin have the same: foreign sentences come from others
};

/// All texts of a training run, and what the order and wording experts learn from, which does not
/// depend on what is held out: the patterns of each text, and behind them those of its shuffles.
struct Corpus {
  static constexpr std::size_t kOrders = 10;   ///< per text: itself, eight shuffles, one exchange
  static constexpr std::size_t kWordings = 2;  ///< per text: itself, one shuffle

  /// `families` is parallel to the texts, which must outlive the corpus.
  Corpus(std::span<const std::string_view> sources, std::span<const std::size_t> families, Rng rng,
         unsigned threads);

  std::vector<Prepared> texts;
  std::vector<SparseVector> orders, wordings;  ///< kOrders and kWordings per text, in their order
};

struct ExpertOptions {
  unsigned bits = 18;
  double c = 10;  ///< of texture
};

/// Learns from the texts that the comparisons name. Norms are left at 0 and 1.
Experts FitExperts(const Corpus& corpus, std::span<const Comparison> comparisons,
                   const ExpertOptions& options, Rng rng);

/// Norms from texts that the experts have not learnt from.
void FitNorms(const Corpus& corpus, std::span<const Comparison> comparisons, Experts& experts);

}  // namespace redraft::reward
