#pragma once

// The one door to the TOML library: a document becomes a Json object, so that configuration files,
// packs and the model registry are read by the same code as everything else.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"

namespace redraft {

/// Parses TOML. Dates become strings. Errors: kInvalidArgument with `name`, line and column.
Result<Json> ParseToml(std::string_view text, std::string_view name);

/// Succeeds when every key of `object` is in `known`.
/// Errors: kInvalidArgument naming the unknown key, where it stands, and the nearest known key.
Status CheckKeys(const Json& object, const std::vector<std::string>& known, std::string_view where);

/// The candidate with the smallest Levenshtein distance to `word`; empty when none is within a
/// third of the word's length (at least 2).
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace redraft
