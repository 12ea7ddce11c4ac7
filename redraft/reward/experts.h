#pragma once

// Small linear models, each of which has learned to see one thing in a text, and the signals that
// they give together. What a signal is worth is decided elsewhere (heads.h).
//
//   const Signals signals = Measure(passage, grams, experts);
//
// Units    Every signal is better when higher. Texture, order and wording are in standard
// deviations
//          from the mean of machine drafts (texture) or of all texts that were trained on;
//          penalties are 0 for a text without the fault and fall without bound.
// Cost     About 500 microseconds for 200 words.
// Threads  Pure functions; bit-identical results on every machine (sums in the order of the text,
// no
//          transcendental function of the C library).

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/reward/cohesion.h"
#include "redraft/reward/features.h"
#include "redraft/reward/lexicon.h"

namespace redraft::reward {

enum class Signal {
  kTexture,      ///< character n-grams: the wording of edited against unedited texts
  kEvenness,     ///< the same, mean of the middle half of the sentences
  kLength,       ///< half ln(distinct sentences) + half ln(distinct words)
  kContent,      ///< ln(1 + sentences that belong and say something - those that do not)
  kBelonging,    ///< penalty: sentences that do not belong to the rest
  kSeams,        ///< penalty: a place where the text falls apart in two
  kSubstance,    ///< penalty: sentences that say nothing
  kRepetition,   ///< penalty: runs of four words said again
  kSpelling,     ///< minus the percentage of letter sequences that no known word has
  kEnding,       ///< penalty: the last sentence is not finished
  kInstruction,  ///< penalty: sentences that ask for a text instead of being one
  kOrder,        ///< the order of the sentences
  kWording,      ///< the order of the words
};
inline constexpr std::size_t kSignals = 13;
using Signals = std::array<double, kSignals>;

/// "texture", …
std::string_view NameOf(Signal signal);

/// What a signal is about, for explanations: "wording", "length", "cohesion", "order" or "faults".
std::string_view GroupOf(Signal signal);

Signals Difference(const Signals& a, const Signals& b);

/// What one hash value of a character n-gram is worth, quantised. The scale of `idf` cancels in the
/// normalisation; the largest value marks n-grams that were never seen.
struct Cell {
  std::int16_t weight = 0;
  std::uint16_t idf = 65535;

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// A raw sum made comparable: (sum - mean) / deviation.
struct Norm {
  double mean = 0;
  double deviation = 1;
  double operator()(double sum) const { return (sum - mean) / deviation; }
};

/// Weights of hashed patterns, quantised.
struct HashedWeights {
  std::vector<std::int16_t> cells;
  double scale = 0;

  explicit HashedWeights(std::span<const double> weights = {});
  double Sum(const SparseVector& patterns) const;
};

struct Experts {
  std::vector<Cell> cells;  ///< 2^bits
  double cell_scale = 0;    ///< of the weights
  Norm texture, order, wording;
  Norm sentence_texture;
  Lexicon lexicon;
  std::vector<double> belonging, seam, substance;  ///< logits; last entry the bias
  HashedWeights order_weights, wording_weights;
};

/// The raw sums of the order and wording experts.
double OrderSum(const SentenceOrder& sentences, const Experts& experts);
double WordingSum(const SentenceOrder& sentences, const Experts& experts);

/// Weighted sum of the character n-grams, L2-normalised TF-IDF; 0 without any.
double TextureSum(const std::vector<Gram>& grams, const Experts& experts);

/// Distinct n-grams of a text that fall into cells which training never saw.
int UnseenGrams(std::string_view text, const Experts& experts);

/// One sentence as the experts see it.
struct SentenceView {
  double texture = 0;    ///< in deviations among sentences
  double belonging = 0;  ///< log-odds that it belongs to this text
  double substance = 0;  ///< log-odds that it says something
  bool repeated = false;
};

/// Log-odds that the first `cut` sentences and the others are parts of one text; 0 < cut < size.
double SeamLogit(const SentenceOrder& sentences, std::size_t cut, const Experts& experts);

/// One of the sentences, against all others.
SentenceView ViewSentence(const SentenceOrder& sentences, std::size_t at, const Experts& experts);

std::vector<SentenceView> ViewSentences(const SentenceOrder& sentences, const Experts& experts);

/// Changes whenever the features of any expert change: stored in model files, so that weights are
/// never applied to features they were not trained on.
std::string FeatureFingerprint();

/// All signals of a text that has at least one word.
Signals Measure(const Passage& passage, std::string_view text, const Experts& experts);

}  // namespace redraft::reward
