#include "redraft/reward/relation.h"

#include <algorithm>
#include <unordered_map>

namespace redraft::reward {
namespace {

/// A revision has at least this share of its changed stems, of the side with fewer, in common.
constexpr double kRevisedOverlap = 0.2;
/// Changes are on both sides when one has at least this share of the words that the other has.
constexpr double kBothSides = 0.3;
/// Texts share sentences when those are at least this share of the shorter text's words.
constexpr double kShared = 0.25;

using Counts = std::unordered_map<std::uint64_t, int>;

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// The sentences of `passage` that `other` does not have word for word.
std::vector<std::size_t> OnlyIn(const Passage& passage, const Passage& other) {
  Counts counts;
  for (const Sentence& s : other.sentences()) ++counts[s.identity];
  std::vector<std::size_t> only;
  for (std::size_t i = 0; i < passage.sentences().size(); ++i) {
    if (--counts[passage.sentences()[i].identity] < 0) only.push_back(i);
  }
  return only;
}

/// The size of a part of a text.
struct Part {
  std::size_t words = 0, stems = 0;
  Counts counts;  ///< of stems

  Part(const Passage& passage, const std::vector<std::size_t>& sentences) {
    for (const std::size_t i : sentences) {
      const Sentence& s = passage.sentences()[i];
      words += s.words.size();
      stems += s.stems.size();
      for (const std::uint64_t stem : s.stems) ++counts[stem];
    }
  }
};

double Overlap(const Part& a, const Part& b) {
  std::size_t common = 0;
  for (const auto& [stem, count] : a.counts) {
    const auto found = b.counts.find(stem);
    if (found != b.counts.end()) {
      common += static_cast<std::size_t>(std::min(count, found->second));
    }
  }
  return Share(common, std::min(a.stems, b.stems));
}

Relation RelationOf(const Passage& a, const Passage& b, const Alignment& alignment) {
  if (alignment.only_a.empty() && alignment.only_b.empty()) return Relation::kReordered;
  const Part in_a(a, alignment.only_a);
  const Part in_b(b, alignment.only_b);
  const bool both_sides =
      Share(std::min(in_a.words, in_b.words), std::max(in_a.words, in_b.words)) >= kBothSides;
  if (both_sides && Overlap(in_a, in_b) >= kRevisedOverlap) return Relation::kRevised;
  const double shared = a.words() <= b.words() ? Share(a.words() - in_a.words, a.words())
                                               : Share(b.words() - in_b.words, b.words());
  if (shared < kShared) return Relation::kUnrelated;
  return both_sides ? Relation::kSpliced : Relation::kCut;
}

}  // namespace

std::string_view NameOf(Relation relation) {
  static constexpr std::array<std::string_view, kRelations> kNames = {"unrelated", "spliced", "cut",
                                                                      "reordered", "revised"};
  return kNames[static_cast<std::size_t>(relation)];
}

Alignment Align(const Passage& a, const Passage& b) {
  Alignment alignment;
  alignment.only_a = OnlyIn(a, b);
  alignment.only_b = OnlyIn(b, a);
  alignment.relation = RelationOf(a, b, alignment);
  return alignment;
}

}  // namespace redraft::reward
