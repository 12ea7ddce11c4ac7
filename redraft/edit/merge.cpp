#include "redraft/edit/merge.h"

#include <algorithm>
#include <tuple>

namespace redraft::edit {
namespace {

bool Overlap(const core::WeakSpan& a, const core::WeakSpan& b) {
  return a.start < b.end && b.start < a.end;
}

}  // namespace

std::vector<core::WeakSpan> Disjoint(std::vector<core::WeakSpan> spans) {
  std::ranges::stable_sort(spans, [](const core::WeakSpan& a, const core::WeakSpan& b) {
    return std::tuple(-a.confidence, a.start, a.end) < std::tuple(-b.confidence, b.start, b.end);
  });
  // By start: the neighbours of a new span are the only ones that it can overlap.
  std::vector<core::WeakSpan> kept;
  for (core::WeakSpan& span : spans) {
    const auto next = std::ranges::lower_bound(kept, span.start, {}, &core::WeakSpan::start);
    if (next != kept.end() && (Overlap(*next, span) || next->start == span.start)) continue;
    if (next != kept.begin() && Overlap(*std::prev(next), span)) continue;
    kept.insert(next, std::move(span));
  }
  return kept;
}

std::vector<core::WeakSpan> Merge(std::vector<core::WeakSpan> local,
                                  const std::vector<core::WeakSpan>& model) {
  std::vector<core::WeakSpan> all;
  for (core::WeakSpan span : model) {
    const double alone = span.confidence;
    std::erase_if(local, [&](const core::WeakSpan& other) {
      if (other.category != span.category || !Overlap(other, span)) return false;
      span.confidence = std::max(span.confidence, 1 - (1 - alone) * (1 - other.confidence));
      return true;
    });
    all.push_back(std::move(span));
  }
  all.insert(all.end(), local.begin(), local.end());
  return Disjoint(std::move(all));
}

}  // namespace redraft::edit
