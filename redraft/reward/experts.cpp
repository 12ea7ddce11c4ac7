#include "redraft/reward/experts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "redraft/base/hash.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // as in features.cpp
#endif

namespace redraft::reward {
namespace {

/// A smooth hinge out of arithmetic alone: 0 below -1, the identity above 1.
double Hinge(double x) {
  if (x <= -1) return 0;
  return x >= 1 ? x : (x + 1) * (x + 1) / 4;
}

template <std::size_t N>
double Logit(const std::vector<double>& weights, const std::array<double, N>& features) {
  double sum = weights[N];  // the bias
  for (std::size_t i = 0; i < N; ++i) sum += weights[i] * features[i];
  return sum;
}

/// Share of runs of four words that were said before.
double RepeatedShare(const Passage& passage) {
  constexpr std::size_t kRun = 4;
  std::unordered_set<std::uint64_t> seen;
  std::size_t runs = 0;
  std::size_t repeated = 0;
  for (const Sentence& s : passage.sentences()) {
    for (std::size_t i = 0; i + kRun <= s.words.size(); ++i) {
      std::uint64_t run = 0;
      for (std::size_t k = 0; k < kRun; ++k) run = (run ^ s.words[i + k]) * 0x9E3779B97F4A7C15ULL;
      ++runs;
      if (!seen.insert(run).second) ++repeated;
    }
  }
  return runs == 0 ? 0 : static_cast<double>(repeated) / static_cast<double>(runs);
}

/// Share of n-gram occurrences that fall into cells which training never saw.
double UnseenShare(const std::vector<Gram>& grams, const std::vector<Cell>& cells) {
  std::size_t total = 0;
  std::size_t unseen = 0;
  for (const Gram& gram : grams) {
    total += gram.count;
    if (cells[gram.hash & (cells.size() - 1)].idf == 65535) unseen += gram.count;
  }
  return total == 0 ? 0 : static_cast<double>(unseen) / static_cast<double>(total);
}

double MiddleHalf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t cut = values.size() / 4;
  double sum = 0;
  for (std::size_t i = cut; i < values.size() - cut; ++i) sum += values[i];
  return sum / static_cast<double>(values.size() - 2 * cut);
}

double LogOf(std::size_t count) {
  return PortableLog(static_cast<double>(std::max<std::size_t>(1, count)));
}

}  // namespace

std::string_view NameOf(Signal signal) {
  static constexpr std::array<std::string_view, kSignals> kNames = {
      "texture",    "evenness", "length", "content",     "belonging", "seams",  "substance",
      "repetition", "spelling", "ending", "instruction", "order",     "wording"};
  return kNames[static_cast<std::size_t>(signal)];
}

std::string_view GroupOf(Signal signal) {
  switch (signal) {
    case Signal::kTexture:
    case Signal::kEvenness:
      return "wording";
    case Signal::kLength:
    case Signal::kContent:
      return "length";
    case Signal::kBelonging:
    case Signal::kSeams:
      return "cohesion";
    case Signal::kOrder:
    case Signal::kWording:
      return "order";
    default:
      return "faults";
  }
}

Signals Difference(const Signals& a, const Signals& b) {
  Signals difference;
  for (std::size_t i = 0; i < kSignals; ++i) difference[i] = a[i] - b[i];
  return difference;
}

double TextureSum(const std::vector<Gram>& grams, const Experts& experts) {
  const std::vector<Cell>& cells = experts.cells;
  double dot = 0;
  double square = 0;
  for (const Gram& gram : grams) {
    const Cell& cell = cells[gram.hash & (cells.size() - 1)];
    const double value = TermFrequency(gram.count) * cell.idf;
    square += value * value;
    const double term = value * cell.weight;
    dot += gram.negative() ? -term : term;
  }
  return square == 0 ? 0 : experts.cell_scale * (dot / std::sqrt(square));
}

HashedWeights::HashedWeights(std::span<const double> weights) : cells(weights.size()) {
  double largest = 0;
  for (const double weight : weights) largest = std::max(largest, std::abs(weight));
  scale = largest > 0 ? largest / 32767 : 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = static_cast<std::int16_t>(std::lround(weights[i] / scale));
  }
}

double HashedWeights::Sum(const SparseVector& patterns) const {
  double sum = 0;
  for (std::size_t i = 0; i < patterns.index.size(); ++i) {
    sum += double{patterns.value[i]} * cells[patterns.index[i]];
  }
  return scale * sum;
}

double OrderSum(const SentenceOrder& sentences, const Experts& experts) {
  return experts.order_weights.Sum(OrderPatterns(sentences));
}

double WordingSum(const SentenceOrder& sentences, const Experts& experts) {
  return experts.wording_weights.Sum(WordingPatterns(sentences));
}

int UnseenGrams(std::string_view text, const Experts& experts) {
  int unseen = 0;
  for (const Gram& gram : CountGrams(text)) {
    unseen += experts.cells[gram.hash & (experts.cells.size() - 1)].idf == 65535 ? 1 : 0;
  }
  return unseen;
}

double SeamLogit(const SentenceOrder& sentences, std::size_t cut, const Experts& experts) {
  return Logit(experts.seam, SeamsOf(sentences, experts.lexicon)[cut - 1]);
}

SentenceView ViewSentence(const SentenceOrder& sentences, std::size_t at, const Experts& experts) {
  SentenceView view;
  const Sentence& s = *sentences[at];
  view.belonging = Logit(experts.belonging, BelongingOf(sentences, experts.lexicon)[at]);
  view.substance = Logit(experts.substance, SubstanceOf(s, experts.lexicon));
  return view;
}

std::vector<SentenceView> ViewSentences(const SentenceOrder& sentences, const Experts& experts) {
  std::vector<SentenceView> views(sentences.size());
  const auto belonging = BelongingOf(sentences, experts.lexicon);
  std::unordered_set<std::uint64_t> seen;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const Sentence& s = *sentences[i];
    views[i].texture = experts.sentence_texture(TextureSum(CountGrams(s.text), experts));
    views[i].belonging = Logit(experts.belonging, belonging[i]);
    views[i].substance = Logit(experts.substance, SubstanceOf(s, experts.lexicon));
    views[i].repeated = !seen.insert(s.identity).second;
  }
  return views;
}

std::string FeatureFingerprint() {
  static constexpr std::string_view kProbe =
      "The tide took the ladder, then the boat; nobody said \xE2\x80\x9C"
      "don\xE2\x80\x99t\xE2\x80\x9D"
      " \xE2\x80\x94 not even \xC3\x89lise, \xD0\x9E\xD0\xBB\xD0\xB3\xD0\xB0 or "
      "\xCE\x86ris\xE2\x80\xA6"
      "\tThe the\xC2\xA0THE \xC5\x81\xC3\xB3"
      "d\xC5\xBA \xE6\xB5\xB7\xE8\xBE\xBA a I \xFF\x80 \x01.\n"
      "But Olga, who had seen ladders float before, was running. She is still running, I think. "
      "\"Write to us,\" they said to Dr. Olga R. Marsh!";
  const Passage passage(kProbe);
  const SentenceOrder sentences = OrderOf(passage);
  const Lexicon lexicon(std::span(&sentences, 1));
  std::string record;
  for (const Gram& gram : CountGrams(kProbe))
    record += fmt::format("{:x}:{} ", gram.hash, gram.count);
  for (const SparseVector& patterns : {OrderPatterns(sentences), WordingPatterns(sentences)}) {
    for (std::size_t i = 0; i < patterns.index.size(); ++i) {
      record += fmt::format("{}:{} ", patterns.index[i], patterns.value[i]);
    }
  }
  const auto add = [&record](const auto& rows) {
    for (const auto& row : rows) record += fmt::format("{} ", fmt::join(row, " "));
  };
  add(BelongingOf(sentences, lexicon));
  add(SeamsOf(sentences, lexicon));
  for (const Sentence* s : sentences) add(std::array<Substance, 1>{SubstanceOf(*s, lexicon)});
  return fmt::format("{:016x}", StableHash(record));
}

Signals Measure(const Passage& passage, std::string_view text, const Experts& experts) {
  Signals signals{};
  const auto at = [&signals](Signal signal) -> double& {
    return signals[static_cast<std::size_t>(signal)];
  };
  const SentenceOrder sentences = OrderOf(passage);
  if (sentences.empty()) return signals;
  const std::vector<SentenceView> views = ViewSentences(sentences, experts);
  const std::vector<Gram> grams = CountGrams(text);
  at(Signal::kTexture) = experts.texture(TextureSum(grams, experts));

  std::vector<double> textures;
  SentenceOrder distinct;
  std::size_t distinct_words = 0;
  double content = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (views[i].repeated) {
      content -= 0.5;
      continue;
    }
    textures.push_back(views[i].texture);
    distinct.push_back(sentences[i]);
    distinct_words += sentences[i]->words.size();
    content += std::clamp(std::min(views[i].belonging + 1, views[i].substance) / 2, -1.0, 1.0);
    at(Signal::kBelonging) -= Hinge(-views[i].belonging);
    at(Signal::kSubstance) -= Hinge(-views[i].substance);
  }
  at(Signal::kEvenness) = MiddleHalf(std::move(textures));
  at(Signal::kLength) = (LogOf(distinct.size()) + LogOf(distinct_words)) / 2;
  at(Signal::kContent) = PortableLog(1 + std::max(0.0, content));
  double weakest = 0;
  const std::vector<Seam> seams = SeamsOf(distinct, experts.lexicon);
  for (std::size_t cut = 1; cut + 1 < seams.size(); ++cut) {  // at least two sentences on each side
    weakest = std::max(weakest, Hinge(-Logit(experts.seam, seams[cut])));
  }
  at(Signal::kSeams) = -weakest;
  at(Signal::kRepetition) = -10 * RepeatedShare(passage);
  at(Signal::kSpelling) = -100 * UnseenShare(grams, experts.cells);
  at(Signal::kEnding) = sentences.back()->finished ? 0 : -1;
  for (const Sentence* s : sentences) at(Signal::kInstruction) -= s->instructions >= 2 ? 1 : 0;
  at(Signal::kOrder) = experts.order(OrderSum(sentences, experts));
  at(Signal::kWording) = experts.wording(WordingSum(sentences, experts));
  return signals;
}

}  // namespace redraft::reward
