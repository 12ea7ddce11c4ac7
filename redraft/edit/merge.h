#pragma once

// Spans of several detectors, or of one that overlap, made into one list.

#include <vector>

#include "redraft/core/edit.h"

namespace redraft::edit {

/// Sorted by start and disjoint. Of spans that overlap the surest stays, of equally sure ones the
/// earlier, then the shorter.
std::vector<core::WeakSpan> Disjoint(std::vector<core::WeakSpan> spans);

/// The spans of a local detector and of a model as one list, sorted and disjoint. Where both mark
/// the same category in places that overlap, the model's span stays, since its reason is about this
/// text, and either detector being right is enough: its confidence is 1 - (1 - a)(1 - b).
std::vector<core::WeakSpan> Merge(std::vector<core::WeakSpan> local,
                                  const std::vector<core::WeakSpan>& model);

}  // namespace redraft::edit
