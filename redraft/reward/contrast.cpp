#include "redraft/reward/contrast.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // as in features.cpp
#endif

namespace redraft::reward {
namespace {

/// So many words that ask for a text make a sentence an instruction (as in experts.cpp).
constexpr int kInstruction = 2;

SentenceOrder Without(const Passage& passage, const std::vector<std::size_t>& left_out) {
  SentenceOrder kept;
  auto next = left_out.begin();
  for (std::size_t i = 0; i < passage.sentences().size(); ++i) {
    if (next != left_out.end() && *next == i) {
      ++next;
    } else {
      kept.push_back(&passage.sentences()[i]);
    }
  }
  return kept;
}

/// What sentences are worth to the others of their text: 1 each if they belong to them, -1 if they
/// do not; -1 if they say nothing or what was said before.
struct Worth {
  double belonging = 0, substance = 0;
};

Worth WorthOf(const Passage& passage, const std::vector<std::size_t>& extra,
              const Experts& experts) {
  SentenceOrder others = Without(passage, extra);
  std::unordered_set<std::uint64_t> said;
  for (const Sentence* s : others) said.insert(s->identity);
  Worth worth;
  for (const std::size_t i : extra) {
    const Sentence& s = passage.sentences()[i];
    if (!said.insert(s.identity).second || s.instructions >= kInstruction) {
      worth.belonging -= 1;
      worth.substance -= 1;
      continue;
    }
    others.push_back(&s);
    const SentenceView view = ViewSentence(others, others.size() - 1, experts);
    others.pop_back();
    worth.belonging += std::clamp(view.belonging / 2, -1.0, 1.0);
    worth.substance += std::clamp(view.substance / 2, -1.0, 0.0);
  }
  return worth;
}

/// The share of the sentences `extra` with which the text ends.
double TailShare(const Passage& passage, const std::vector<std::size_t>& extra) {
  std::size_t tail = 0;
  while (tail < extra.size() &&
         extra[extra.size() - 1 - tail] == passage.sentences().size() - 1 - tail) {
    ++tail;
  }
  return extra.empty() ? 0 : static_cast<double>(tail) / static_cast<double>(extra.size());
}

/// The share of the sentences `extra` that does not end the text, as of a run that was put in; 0
/// for a single sentence, which may as well be missing from the other text.
double InsertedShare(const std::vector<std::size_t>& extra, double tail) {
  return extra.size() < 2 ? 0 : 1 - tail;
}

/// What of a difference is more than editing makes.
double Beyond(double usual, double difference) {
  if (difference > usual) return difference - usual;
  return difference < -usual ? difference + usual : 0;
}

/// Log-odds, within -3 and 3, that the sentences `extra` and the others are parts of one text.
double BondOf(const Passage& passage, const std::vector<std::size_t>& extra,
              const Experts& experts) {
  SentenceOrder sentences = Without(passage, extra);
  const std::size_t others = sentences.size();
  if (others == 0 || extra.empty()) return 0;
  for (const std::size_t i : extra) sentences.push_back(&passage.sentences()[i]);
  return std::clamp(SeamLogit(sentences, others, experts), -3.0, 3.0);
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Whether two different words differ by one letter put in, lost, replaced, or by two neighbours
/// exchanged (Damerau-Levenshtein distance 1), case aside.
bool OneLetterOff(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  const auto same = [](char x, char y) { return Lower(x) == Lower(y); };
  std::size_t front = 0;
  while (front < a.size() && same(a[front], b[front])) ++front;
  std::size_t back = 0;
  while (back < a.size() - front && same(a[a.size() - 1 - back], b[b.size() - 1 - back])) ++back;
  if (a.size() < b.size()) return front + back == a.size();
  const std::size_t middle = a.size() - front - back;
  return middle == 1 ||
         (middle == 2 && same(a[front], b[front + 1]) && same(a[front + 1], b[front]));
}

/// The first words of the given sentences, from four letters on, that are not in `other`.
std::vector<std::string_view> NewWords(const Passage& passage,
                                       const std::vector<std::size_t>& sentences,
                                       const std::unordered_set<std::uint64_t>& other) {
  constexpr std::size_t kShortest = 4;
  constexpr std::size_t kMost = 500;
  std::vector<std::string_view> words;
  std::unordered_set<std::uint64_t> seen;
  for (const std::size_t i : sentences) {
    const Sentence& s = passage.sentences()[i];
    for (std::size_t k = 0; k < s.words.size() && words.size() < kMost; ++k) {
      if (s.forms[k].size() >= kShortest && !other.contains(s.words[k]) &&
          seen.insert(s.words[k]).second) {
        words.push_back(s.forms[k]);
      }
    }
  }
  return words;
}

std::unordered_set<std::uint64_t> WordSet(const Passage& passage) {
  std::unordered_set<std::uint64_t> words;
  for (const Sentence& s : passage.sentences()) words.insert(s.words.begin(), s.words.end());
  return words;
}

/// Words of b that are misspelt words of a, minus words of a that are misspelt words of b.
double Misspelt(const Passage& a, const Passage& b, const Alignment& alignment,
                const Experts& experts) {
  const auto new_a = NewWords(a, alignment.only_a, WordSet(b));
  const auto new_b = NewWords(b, alignment.only_b, WordSet(a));
  double difference = 0;
  for (const std::string_view x : new_a) {
    for (const std::string_view y : new_b) {
      if (!OneLetterOff(x, y)) continue;
      const int unknown = UnseenGrams(y, experts) - UnseenGrams(x, experts);
      difference += unknown > 1 ? 1 : unknown < -1 ? -1 : 0;
    }
  }
  return difference;
}

}  // namespace

Contrast Compare(const Measured& a, const Measured& b, const Experts& experts) {
  const Alignment alignment = Align(a.passage, b.passage);
  Contrast contrast{alignment.relation, Difference(a.signals, b.signals)};
  const auto at = [&contrast](Signal signal) -> double& {
    return contrast.difference[static_cast<std::size_t>(signal)];
  };
  if (alignment.relation == Relation::kCut) {
    const Signals difference = contrast.difference;
    contrast.difference = {};
    for (const Signal signal : {Signal::kRepetition, Signal::kEnding, Signal::kInstruction}) {
      at(signal) = difference[static_cast<std::size_t>(signal)];
    }
    const Worth in_a = WorthOf(a.passage, alignment.only_a, experts);
    const Worth in_b = WorthOf(b.passage, alignment.only_b, experts);
    at(Signal::kBelonging) = in_a.belonging - in_b.belonging;
    at(Signal::kSubstance) = in_a.substance - in_b.substance;
    const double tail_a = TailShare(a.passage, alignment.only_a);
    const double tail_b = TailShare(b.passage, alignment.only_b);
    at(Signal::kLength) = tail_a - tail_b;
    at(Signal::kContent) =
        InsertedShare(alignment.only_b, tail_b) - InsertedShare(alignment.only_a, tail_a);
    at(Signal::kSeams) =
        BondOf(a.passage, alignment.only_a, experts) - BondOf(b.passage, alignment.only_b, experts);
  }
  if (alignment.relation == Relation::kSpliced) {
    at(Signal::kBelonging) =
        BondOf(a.passage, alignment.only_a, experts) - BondOf(b.passage, alignment.only_b, experts);
  }
  if (alignment.relation == Relation::kRevised) {
    constexpr double kUsualSpellings = 1;
    constexpr double kUsualWording = 2;
    at(Signal::kSpelling) =
        Beyond(kUsualSpellings, Misspelt(a.passage, b.passage, alignment, experts));
    at(Signal::kWording) = Beyond(kUsualWording, at(Signal::kWording));
    for (const Signal signal : {Signal::kContent, Signal::kBelonging, Signal::kSeams,
                                Signal::kSubstance, Signal::kInstruction, Signal::kOrder}) {
      at(signal) = 0;  // what editors do to these says nothing about how well they edit
    }
  }
  if (alignment.relation == Relation::kReordered) {
    const double order = at(Signal::kOrder);
    contrast.difference = {};
    at(Signal::kOrder) = order;
  }
  return contrast;
}

}  // namespace redraft::reward
