#pragma once

// The one door to the JSON library. Objects keep their keys in the order they were set, so that
// output is stable and readable.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft {

using Json = nlohmann::ordered_json;

/// Parses UTF-8 JSON text. Errors: kInvalidArgument with the byte offset and the parser's reason.
Result<Json> ParseJson(std::string_view text);

/// Serialises on one line; bytes that are not UTF-8 become U+FFFD; NaN and infinities become null.
std::string DumpJson(const Json& value);

/// A finite number, or null.
Json NumberOrNull(double value);

}  // namespace redraft
