#pragma once

// Edited texts as JSON: what CONTRACT.md says, and what a review needs besides.

#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/edit/editing.h"

namespace redraft::cli {

/// {"text","score_before","score_after","distance","edits":[{"start","end","category","reason",
/// "replacement"}]} with offsets in code points of `input`, and
///   "scorer"       id of what scored
///   "spans"        how many weak spans were found
///   "dropped"      spans of a model that were not used, by reason; absent where none was asked
///   "turned_down"  rewrites that were not used, by reason
///   "arms"         {"draft","random","best"}, each {"text","worth"}: whole revisions (edit/arms.h)
///   "revisions"    {"text","worth","edits","reasons"} each; edits is how many
///   "places"       of rewrites: {"start","end","category","reason","confidence","chosen",
///                  "candidates":[{"start","end","replacement","worth","times"}]}; chosen is an
///                  index or null
/// Of spans alone, `edits` are the spans, without replacement.
Json ToJson(const edit::Edited& edited, std::string_view input, const edit::EditOptions& options,
            const core::Scorer& scorer);

/// Takes these edits of `input` for those of `result`: text, distance, score_after and edits
/// follow.
void ReplaceEdits(Json& result, std::string_view input, const std::vector<core::Edit>& edits,
                  const core::Scorer& scorer);

/// The edits of such an object, in bytes of `input`; those without replacement delete nothing and
/// keep the words. Throws Json::exception for an object of another shape.
std::vector<core::Edit> EditsFromJson(const Json& edits, std::string_view input);

}  // namespace redraft::cli
