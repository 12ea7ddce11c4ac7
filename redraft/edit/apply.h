#pragma once

// Edits carried out and taken back.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/edit.h"

namespace redraft::edit {

/// A text with edits carried out.
struct Applied {
  std::string text;
  /// The edits that lead back: offsets in `text`, replacements out of the original. Applying them
  /// to `text` gives the original bytes.
  std::vector<core::Edit> inverse;
};

/// Sorted by start; an error names the first two that overlap, one out of range, or one that cuts
/// a code point. Two insertions at one place overlap.
Result<std::vector<core::Edit>> Sorted(std::string_view text, std::vector<core::Edit> edits);

/// Carries out all `edits` (any order).
/// Errors  as Sorted.
Result<Applied> Apply(std::string_view text, std::vector<core::Edit> edits);

}  // namespace redraft::edit
