#include "redraft/reward/stacking.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace redraft::reward {
namespace {

constexpr std::size_t kParts = 2;
constexpr std::size_t kCorruptionsPerText = 6;
constexpr double kUnrelatedWeight = 1;
/// Of a corruption in the head of its relation, and in that of unrelated texts, which is the scale
/// of scores and should know every fault.
constexpr std::array<double, kRelations> kCorruptionWeight = {0.3, 1, 1, 1, 0.15};
constexpr double kScaleWeight = 0.1;

/// What a signal is worth until data says otherwise: logits per unit.
constexpr Head kPrior = {
    1,    // texture
    0,    // evenness
    1,    // length
    1,    // content
    0.5,  // belonging
    0.5,  // seams
    0.5,  // substance
    1,    // repetition
    1,    // spelling
    1,    // ending
    4,    // instruction
    0.3,  // order
    0.3,  // wording
};
constexpr double kPriorStrength = 2;

/// The same in a revision, where the wording is what differs. The strength keeps the ratios: some
/// hundreds of edits do not tell better, and experts that have seen only half of the texts would
/// have texture count for too little.
constexpr Head kRevisedPrior = {4, 1.4, 2.6, 0, 0, 0, 0, 0.5, 1, 1, 0, 0, 4};
constexpr double kRevisedStrength = 1000;

/// Kinds that are confused with what writers do count twice.
double Difficulty(Corruption kind) {
  switch (kind) {
    case Corruption::kHalf:
    case Corruption::kSplice:
    case Corruption::kWordSalad:
    case Corruption::kPromptEcho:
      return 2;
    default:
      return 1;
  }
}

class Lessons {
 public:
  Lessons(const std::vector<Prepared>& texts, const StackOptions& options)
      : texts_(texts), options_(options) {}

  /// What the held-out comparisons teach with these experts.
  void Add(std::span<const Comparison> held_out, const Experts& experts, Rng rng) {
    std::map<std::size_t, Measured> measured;
    for (const Comparison& pair : held_out) {
      for (const std::size_t id : {pair.better, pair.worse}) {
        if (!measured.contains(id)) measured.emplace(id, Measured(texts_[id].text, experts));
      }
    }
    std::vector<std::size_t> ids;
    for (const auto& [id, text] : measured) ids.push_back(id);
    for (const Comparison& pair : held_out) {
      const Measured& better = measured.at(pair.better);
      Teach(Compare(better, measured.at(pair.worse), experts), 1);
      const std::size_t other = held_out[rng.Below(held_out.size())].worse;
      if (texts_[other].family == texts_[pair.better].family) continue;
      Teach({Relation::kUnrelated, Difference(better.signals, measured.at(other).signals)},
            kUnrelatedWeight);
    }
    for (const std::size_t id : ids) {
      const std::size_t other = ids[rng.Below(ids.size())];
      if (texts_[other].family != texts_[id].family) {
        Spoil(measured.at(id), texts_[other].text, experts, rng);
      }
    }
  }

  std::array<Head, kRelations> Fit() const {
    std::array<Head, kRelations> heads{};
    for (std::size_t i = 0; i < kRelations; ++i) {
      const bool revised = static_cast<Relation>(i) == Relation::kRevised;
      heads[i] = FitHead(lessons_[i], revised ? kRevisedPrior : kPrior,
                         revised ? kRevisedStrength : kPriorStrength);
    }
    return heads;
  }

 private:
  void Teach(const Contrast& contrast, double weight) {
    lessons_[static_cast<std::size_t>(contrast.relation)].push_back({contrast.difference, weight});
  }

  void Spoil(const Measured& text, std::string_view other, const Experts& experts, Rng& rng) {
    std::vector<Corruption> kinds;
    for (std::size_t i = 0; i < kCorruptions; ++i) {
      const auto kind = static_cast<Corruption>(i);
      if (std::find(options_.leave_out.begin(), options_.leave_out.end(), kind) ==
          options_.leave_out.end()) {
        kinds.push_back(kind);
      }
    }
    rng.Shuffle(kinds);
    kinds.resize(std::min(kinds.size(), kCorruptionsPerText));
    for (const Corruption kind : kinds) {
      rng.Next();
      const std::string spoilt =
          Corrupt(kind, text.text, other, FillerStock::kTraining, rng.Fork("corrupt"));
      if (spoilt == text.text) continue;
      const Measured worse(spoilt, experts);
      const Contrast contrast = Compare(text, worse, experts);
      Teach(contrast,
            Difficulty(kind) * kCorruptionWeight[static_cast<std::size_t>(contrast.relation)]);
      if (contrast.relation != Relation::kUnrelated) {
        Teach({Relation::kUnrelated, Difference(text.signals, worse.signals)}, kScaleWeight);
      }
    }
  }

  const std::vector<Prepared>& texts_;
  const StackOptions& options_;
  std::array<std::vector<Lesson>, kRelations> lessons_;
};

/// The families of the compared texts, dealt to parts.
std::map<std::size_t, std::size_t> DealFamilies(const std::vector<Prepared>& texts,
                                                std::span<const Comparison> comparisons, Rng rng) {
  std::set<std::size_t> distinct;
  for (const Comparison& pair : comparisons) distinct.insert(texts[pair.better].family);
  std::vector<std::size_t> families(distinct.begin(), distinct.end());
  rng.Shuffle(families);
  std::map<std::size_t, std::size_t> part;
  for (std::size_t i = 0; i < families.size(); ++i) part[families[i]] = i % kParts;
  return part;
}

Norm Average(const Norm& a, const Norm& b) {
  return {(a.mean + b.mean) / 2, (a.deviation + b.deviation) / 2};
}

}  // namespace

Stack FitStack(const Corpus& corpus, std::span<const Comparison> comparisons,
               const StackOptions& options, Rng rng) {
  const auto part_of = DealFamilies(corpus.texts, comparisons, rng.Fork("parts"));
  Lessons lessons(corpus.texts, options);
  std::vector<Experts> halves;
  for (std::size_t part = 0; part < kParts; ++part) {
    std::vector<Comparison> seen, held_out;
    for (const Comparison& pair : comparisons) {
      (part_of.at(corpus.texts[pair.better].family) == part ? held_out : seen).push_back(pair);
    }
    if (seen.empty()) seen = held_out;  // a single family: nothing else is to be had
    if (held_out.empty()) held_out = seen;
    const Rng stream = rng.Fork("part/" + std::to_string(part));
    Experts experts = FitExperts(corpus, seen, options.experts, stream.Fork("experts"));
    FitNorms(corpus, held_out, experts);
    lessons.Add(held_out, experts, stream.Fork("lessons"));
    halves.push_back(std::move(experts));
  }
  Stack stack;
  stack.heads = lessons.Fit();
  stack.experts = FitExperts(corpus, comparisons, options.experts, rng.Fork("experts"));
  stack.experts.texture = Average(halves[0].texture, halves[1].texture);
  stack.experts.sentence_texture = Average(halves[0].sentence_texture, halves[1].sentence_texture);
  stack.experts.order = Average(halves[0].order, halves[1].order);
  stack.experts.wording = Average(halves[0].wording, halves[1].wording);
  return stack;
}

}  // namespace redraft::reward
