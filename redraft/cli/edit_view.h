#pragma once

// An edited text for a person at a terminal: what changed, word by word, where it stands, and why.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/core/edit.h"

namespace redraft::cli {

/// How changed words are marked.
struct Marking {
  bool colour = false;  ///< red and green; else [-old-]{+new+}, as `git diff --word-diff`
};

/// Colours for standard output: "always", "never", or "auto": on a terminal, unless NO_COLOR is
/// set.
Marking MarkingFor(const std::string& choice);

/// One edit in the line of text it stands in, cut to about `width` characters on either side.
/// Control characters of the text become spaces.
std::string EditInContext(std::string_view text, const core::Edit& edit, const Marking& marking,
                          std::size_t width = 60);

/// "1 edit", "4 edits".
std::string Counted(std::size_t count, const std::string& noun);

/// Every edit in its context with its category and reason under it, then the score before and
/// after. `result` is as edit_json.h says. `spans_only`: places are marked, nothing is changed.
std::string DescribeEdits(std::string_view text, const Json& result, const Marking& marking,
                          bool spans_only);

}  // namespace redraft::cli
