#pragma once

// The edits of a text as one page without anything beside it: what changed in its place, why, the
// other candidates, and the text to take away with what was accepted.

#include <string>
#include <string_view>

#include "redraft/base/json.h"

namespace redraft::cli {

/// Spans without replacement are marked only. `result` is as edit_json.h says; `name` is the
/// file's. Foreign text is escaped. Errors: kConfig for a result of another shape.
Result<std::string> EditPage(const std::string& name, std::string_view text, const Json& result);

}  // namespace redraft::cli
