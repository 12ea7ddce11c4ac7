#include "redraft/edit/detect.h"

#include <algorithm>
#include <map>

#include "redraft/edit/phrases.h"
#include "redraft/edit/prose.h"
#include "redraft/edit/rules.h"

namespace redraft::edit {
namespace {

/// Surer spans first, then longer ones; the order of the text decides what is left.
bool Stronger(const core::WeakSpan& a, const core::WeakSpan& b) {
  if (a.confidence != b.confidence) return a.confidence > b.confidence;
  if (a.end - a.start != b.end - b.start) return a.end - a.start > b.end - b.start;
  return a.start < b.start;
}

/// Keeps the strongest of spans that share a byte.
Found Disjoint(Found found) {
  std::stable_sort(found.begin(), found.end(), Stronger);
  std::map<std::size_t, core::WeakSpan> kept;
  for (core::WeakSpan& span : found) {
    const auto after = kept.lower_bound(span.start);
    if (after != kept.end() && after->first < span.end) continue;
    if (after != kept.begin() && std::prev(after)->second.end > span.start) continue;
    kept.emplace_hint(after, span.start, std::move(span));
  }
  Found spans;
  spans.reserve(kept.size());
  for (auto& [start, span] : kept) spans.push_back(std::move(span));
  return spans;
}

}  // namespace

std::vector<core::WeakSpan> Detect(std::string_view text, const DetectOptions& options,
                                   const core::Scorer* reward) {
  const Prose prose(text);
  Found found;
  PhraseBook::Builtin().Find(prose, found);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.start < b.start; });
  const Found phrases = found;
  FindFigures(prose, phrases, found);
  FindTelling(prose, phrases, found);
  FindSprawl(prose, found);
  FindSameOpenings(prose, found);
  FindRepetition(prose, found);
  FindTenseSlips(prose, found);
  if (reward != nullptr) FindRewardLoss(prose, *reward, phrases, found);
  const std::vector<ProtectedRange> ranges = ProtectedRanges(text);
  std::erase_if(found, [&](const core::WeakSpan& span) {
    const bool wanted = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                          span.category) != options.only.end();
    return !wanted || span.confidence < options.min_confidence ||
           Touches(ranges, span.start, span.end);
  });
  return Disjoint(std::move(found));
}

}  // namespace redraft::edit
