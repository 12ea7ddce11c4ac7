#pragma once

// What a server says when it does not answer, in every format: its own words as one printable line,
// and what the caller should do.

#include <cstddef>
#include <string>
#include <string_view>

#include "redraft/base/error.h"

namespace redraft::llm {

/// The text without line breaks and control characters, cut after `most` characters.
std::string OneLine(std::string_view text, std::size_t most = 200);

/// The beginning of what a server sent, as one printable line: its own words, that is
/// "error.message", "error", "message" or "detail" of a JSON body, else the body. Bytes that are
/// not UTF-8 become U+FFFD.
std::string ServerMessage(std::string_view body, std::size_t most_chars);

/// What any other response means. `message` quotes at most 200 characters of the server's own.
///   401, 403 → kUnauthenticated · 408, 409, 5xx → kUnavailable · 429, 503, 529 → kRateLimited, or
///   kRefused when the quota is used up · everything else → kRefused
Error ParseError(int status, std::string_view body);

}  // namespace redraft::llm
