#pragma once

// JSON Lines in, JSON Lines out, by the common rules of CONTRACT.md: exactly one line out per line
// in, same order, `id` echoed; a bad line becomes an error line and the others are still done.

#include <functional>
#include <string>

#include "redraft/base/json.h"

namespace redraft::cli {

/// Reads `path`, calls `body` for each non-blank line in order and prints what it returns.
/// Returns 0, or 1 when some lines failed. `body` returns the result object without `id`, which is
/// put in front when the line has one.
/// Errors: kInvalidArgument for a missing, binary or too large file.
Result<int> ForEachJsonLine(const std::string& path,
                            const std::function<Result<Json>(const Json& line)>& body);

/// The same for a command with a single result: calls `body` for each non-blank line and reports
/// the lines that fail on standard error, by number. Returns 0, or 1 when some lines failed.
Result<int> ReadJsonLines(const std::string& path,
                          const std::function<Status(const Json& line)>& body);

/// The string member `key` of a line. Errors: kInvalidArgument when it is missing or no string.
Result<std::string> TextMember(const Json& line, const char* key);

/// Writes one line to standard output. Exits the process quietly when the reader has gone.
void PrintLine(const std::string& line);

}  // namespace redraft::cli
