#include "redraft/reward/expert_trainer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "redraft/base/parallel.h"
#include "redraft/reward/corruption.h"

namespace redraft::reward {
namespace {

/// Inverse document frequency ln((1 + n) / (1 + df)) + 1 over the given texts, in units of 1/65535
/// of its maximum.
std::vector<Cell> CountCells(const std::vector<Prepared>& texts, std::span<const std::size_t> used,
                             std::size_t cells) {
  std::vector<std::uint32_t> frequency(cells, 0);
  std::vector<std::size_t> last(cells, texts.size());  // the text that counted a cell last
  for (const std::size_t text : used) {
    for (const Gram& gram : texts[text].grams) {
      const std::size_t cell = gram.hash & (cells - 1);
      if (std::exchange(last[cell], text) != text) ++frequency[cell];
    }
  }
  const double n = static_cast<double>(used.size());
  const double largest = 1 + PortableLog(1 + n);
  std::vector<Cell> result(cells);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double value = 1 + PortableLog((1 + n) / (1 + frequency[cell]));
    result[cell].idf = static_cast<std::uint16_t>(std::lround(65535 * value / largest));
  }
  return result;
}

/// The features as TextureSum weighs them: n-grams that share a cell are added up.
SparseVector Vectorise(const std::vector<Gram>& grams, const std::vector<Cell>& cells) {
  std::vector<std::pair<std::uint32_t, double>> entries;
  entries.reserve(grams.size());
  double square = 0;
  for (const Gram& gram : grams) {
    const auto cell = static_cast<std::uint32_t>(gram.hash & (cells.size() - 1));
    const double value = TermFrequency(gram.count) * cells[cell].idf;
    square += value * value;
    entries.emplace_back(cell, gram.negative() ? -value : value);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  SparseVector vector;
  for (std::size_t i = 0; i < entries.size();) {
    double sum = 0;
    const std::uint32_t cell = entries[i].first;
    for (; i < entries.size() && entries[i].first == cell; ++i) sum += entries[i].second;
    vector.index.push_back(cell);
    vector.value.push_back(static_cast<float>(sum / std::sqrt(square)));
  }
  return vector;
}

template <std::size_t N>
SparseVector Dense(const std::array<double, N>& features) {
  SparseVector vector;
  for (std::size_t i = 0; i < N; ++i) {
    if (features[i] == 0) continue;
    vector.index.push_back(static_cast<std::uint32_t>(i));
    vector.value.push_back(static_cast<float>(features[i]));
  }
  return vector;
}

/// Comparisons of something genuine with something that is not.
class GenuineOrSpoilt {
 public:
  std::size_t Add(SparseVector vector) {
    vectors_.push_back(std::move(vector));
    return vectors_.size() - 1;
  }
  void Compare(std::size_t genuine, std::size_t spoilt) { pairs_.push_back({genuine, spoilt}); }

  std::vector<double> Fit(std::size_t dimension, double c, Rng rng, int sweeps) const {
    return FitPairwiseLogistic(vectors_, pairs_, dimension, c, rng, sweeps);
  }

  /// The weights, and behind them the bias that puts 0 midway between the two kinds' means.
  std::vector<double> FitWithBias(std::size_t dimension, double c, Rng rng) const {
    std::vector<double> weights = Fit(dimension, c, rng, 200);
    double sum = 0;
    for (const Comparison& pair : pairs_) {
      sum += Dot(weights, vectors_[pair.better]) + Dot(weights, vectors_[pair.worse]);
    }
    weights.push_back(pairs_.empty() ? 0 : -sum / static_cast<double>(2 * pairs_.size()));
    return weights;
  }

 private:
  std::vector<SparseVector> vectors_;
  std::vector<Comparison> pairs_;
};

class ExpertFit {
 public:
  ExpertFit(const Corpus& corpus, std::vector<std::size_t> used, const ExpertOptions& options,
            Rng rng)
      : corpus_(corpus),
        texts_(corpus.texts),
        used_(std::move(used)),
        options_(options),
        rng_(rng) {}

  Experts Run(std::span<const Comparison> comparisons) {
    FitTexture(comparisons);
    std::vector<SentenceOrder> orders;
    for (const std::size_t text : used_) orders.push_back(texts_[text].sentences);
    experts_.lexicon = Lexicon(orders);
    FitBelonging();
    FitSeams();
    FitSubstance();
    experts_.order_weights =
        FitShuffles(corpus_.orders, Corpus::kOrders, kOrderBits, rng_.Fork("order"));
    experts_.wording_weights =
        FitShuffles(corpus_.wordings, Corpus::kWordings, kWordingBits, rng_.Fork("wording"));
    return std::move(experts_);
  }

 private:
  void FitTexture(std::span<const Comparison> comparisons) {
    experts_.cells = CountCells(texts_, used_, std::size_t{1} << options_.bits);
    std::vector<SparseVector> vectors(texts_.size());
    for (const std::size_t text : used_) {
      vectors[text] = Vectorise(texts_[text].grams, experts_.cells);
    }
    const auto weights = FitPairwiseLogistic(vectors, comparisons, experts_.cells.size(),
                                             options_.c, rng_.Fork("texture"));
    const HashedWeights quantised(weights);
    experts_.cell_scale = quantised.scale;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      experts_.cells[i].weight = quantised.cells[i];
    }
  }

  /// A text of another family with at least `sentences` sentences; null when there is none.
  const Prepared* Foreign(std::size_t family, std::size_t sentences, Rng& rng) const {
    for (int attempt = 0; attempt < 50; ++attempt) {
      const Prepared& other = texts_[used_[rng.Below(used_.size())]];
      if (other.family != family && other.sentences.size() >= sentences) return &other;
    }
    return nullptr;
  }

  void FitBelonging() {
    GenuineOrSpoilt contrast;
    Rng rng = rng_.Fork("belonging");
    for (const std::size_t id : used_) {
      const Prepared& text = texts_[id];
      if (text.sentences.size() < 3) continue;
      const auto genuine = BelongingOf(text.sentences, experts_.lexicon);
      for (std::size_t i = 0; i < text.sentences.size(); ++i) {
        const Prepared* other = rng.Below(2) == 0 ? Foreign(text.family, 1, rng) : nullptr;
        if (other == nullptr) continue;
        SentenceOrder spoilt = text.sentences;
        spoilt[i] = other->sentences[rng.Below(other->sentences.size())];
        contrast.Compare(contrast.Add(Dense(genuine[i])),
                         contrast.Add(Dense(BelongingOf(spoilt, experts_.lexicon)[i])));
      }
    }
    experts_.belonging = contrast.FitWithBias(kBelongingFeatures, 1, rng.Fork("fit"));
  }

  void FitSeams() {
    GenuineOrSpoilt contrast;
    Rng rng = rng_.Fork("seams");
    for (const std::size_t id : used_) {
      const Prepared& text = texts_[id];
      const std::size_t count = text.sentences.size();
      if (count < 4) continue;
      const auto genuine = SeamsOf(text.sentences, experts_.lexicon);
      for (int times = 0; times < 3; ++times) {
        const std::size_t cut = 2 + rng.Below(count - 3);
        const Prepared* other = Foreign(text.family, count - cut, rng);
        if (other == nullptr) continue;
        SentenceOrder spoilt(text.sentences.begin(),
                             text.sentences.begin() + static_cast<std::ptrdiff_t>(cut));
        spoilt.insert(spoilt.end(),
                      other->sentences.end() - static_cast<std::ptrdiff_t>(count - cut),
                      other->sentences.end());
        contrast.Compare(contrast.Add(Dense(genuine[cut - 1])),
                         contrast.Add(Dense(SeamsOf(spoilt, experts_.lexicon)[cut - 1])));
      }
    }
    experts_.seam = contrast.FitWithBias(kSeamFeatures, 1, rng.Fork("fit"));
  }

  void FitSubstance() {
    GenuineOrSpoilt contrast;
    Rng rng = rng_.Fork("substance");
    for (const std::size_t id : used_) {
      const SentenceOrder& sentences = texts_[id].sentences;
      for (int times = 0; times < 2 && !sentences.empty(); ++times) {
        const std::string flat = FlatFiller(1, FillerStock::kTraining, rng.Fork("flat"));
        rng.Next();
        const Passage filler(flat);
        const Sentence& genuine = *sentences[rng.Below(sentences.size())];
        contrast.Compare(contrast.Add(Dense(SubstanceOf(genuine, experts_.lexicon))),
                         contrast.Add(Dense(SubstanceOf(filler.sentences()[0], experts_.lexicon))));
      }
    }
    experts_.substance = contrast.FitWithBias(kSubstanceFeatures, 1, rng.Fork("fit"));
  }

  /// Weights that tell the first of each text's `count` vectors from the others.
  HashedWeights FitShuffles(const std::vector<SparseVector>& vectors, std::size_t count,
                            unsigned bits, Rng rng) const {
    constexpr int kSweeps = 10;  // of hundreds to the optimum: held-out accuracy rises no more
    constexpr double kC = 0.1;
    std::vector<Comparison> comparisons;
    for (const std::size_t id : used_) {
      for (std::size_t spoilt = 1; spoilt < count; ++spoilt) {
        if (vectors[id * count + spoilt].index.empty()) continue;  // nothing to shuffle
        comparisons.push_back({id * count, id * count + spoilt});
      }
    }
    return HashedWeights(
        FitPairwiseLogistic(vectors, comparisons, std::size_t{1} << bits, kC, rng, kSweeps));
  }

  const Corpus& corpus_;
  const std::vector<Prepared>& texts_;
  std::vector<std::size_t> used_;
  ExpertOptions options_;
  Rng rng_;
  Experts experts_;
};

std::vector<std::size_t> TextsOf(std::span<const Comparison> comparisons) {
  std::set<std::size_t> texts;
  for (const Comparison& pair : comparisons) texts.insert({pair.better, pair.worse});
  return {texts.begin(), texts.end()};
}

Norm NormOf(const std::vector<double>& values) {
  if (values.size() < 2) return {};
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double square = 0;
  for (const double value : values) square += (value - mean) * (value - mean);
  const double deviation = std::sqrt(square / static_cast<double>(values.size() - 1));
  return {mean, deviation > 0 ? deviation : 1};
}

}  // namespace

Prepared::Prepared(std::string_view source)
    : text(source), passage(source), sentences(OrderOf(passage)), grams(CountGrams(source)) {}

Corpus::Corpus(std::span<const std::string_view> sources, std::span<const std::size_t> families,
               Rng rng, unsigned threads)
    : orders(sources.size() * kOrders), wordings(sources.size() * kWordings) {
  texts.reserve(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    texts.emplace_back(sources[i]);
    texts.back().family = families[i];
  }
  ParallelFor(
      texts.size(),
      [&](std::size_t i) {
        Rng own = rng.Fork("text/" + std::to_string(i));
        const SentenceOrder& sentences = texts[i].sentences;
        SparseVector* order = &orders[i * kOrders];
        if (sentences.size() > 2) order[0] = OrderPatterns(sentences);
        for (std::size_t k = 1; k < kOrders && sentences.size() > 2; ++k) {
          SentenceOrder spoilt = sentences;
          if (k + 1 == kOrders) {
            const std::size_t at = own.Below(spoilt.size() - 1);
            std::swap(spoilt[at], spoilt[at + 1]);
          } else {
            own.Shuffle(spoilt);
          }
          if (spoilt != sentences) order[k] = OrderPatterns(spoilt);
        }
        std::vector<Sentence> shuffled;
        for (const Sentence* sentence : sentences) {
          shuffled.push_back(*sentence);
          own.Shuffle(shuffled.back().classes);
        }
        SentenceOrder spoilt;
        for (const Sentence& sentence : shuffled) spoilt.push_back(&sentence);
        wordings[i * kWordings] = WordingPatterns(sentences);
        wordings[i * kWordings + 1] = WordingPatterns(spoilt);
      },
      threads);
}

Experts FitExperts(const Corpus& corpus, std::span<const Comparison> comparisons,
                   const ExpertOptions& options, Rng rng) {
  return ExpertFit(corpus, TextsOf(comparisons), options, rng).Run(comparisons);
}

void FitNorms(const Corpus& corpus, std::span<const Comparison> comparisons, Experts& experts) {
  std::vector<double> texture, sentence_texture, order, wording;
  for (const std::size_t id : TextsOf(comparisons)) {
    const Prepared& text = corpus.texts[id];
    texture.push_back(TextureSum(text.grams, experts));
    order.push_back(OrderSum(text.sentences, experts));
    wording.push_back(WordingSum(text.sentences, experts));
    for (const Sentence* sentence : text.sentences) {
      sentence_texture.push_back(TextureSum(CountGrams(sentence->text), experts));
    }
  }
  experts.texture = NormOf(texture);
  experts.sentence_texture = NormOf(sentence_texture);
  experts.order = NormOf(order);
  experts.wording = NormOf(wording);
}

}  // namespace redraft::reward
