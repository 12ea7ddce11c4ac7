#pragma once

// JSON Lines in, JSON Lines out, by the common rules of CONTRACT.md: exactly one line out per line
// in, same order, `id` echoed; a bad line becomes an error line and the others are still done.

#include <functional>
#include <string>
#include <vector>

#include "redraft/base/json.h"

namespace redraft::cli {

/// One non-blank line of the input.
struct JsonLine {
  std::size_t number = 0;  ///< from 1
  Json id;                 ///< null when the line has none
  Result<Json> value;      ///< the object, or why the line is bad
};

/// Reads all lines. Errors: kInvalidArgument for a missing, unreadable or too large file.
Result<std::vector<JsonLine>> ReadJsonLines(const std::string& path);

/// Prints the result of a line, `id` in front, or its error line; true when it was a result.
bool PrintResult(const JsonLine& line, const Result<Json>& result);

/// Reads `path`, calls `body` for each good line in order and prints what it returns (an object
/// without `id`). Returns 0, or 1 when some lines failed.
/// Errors: as ReadJsonLines.
Result<int> ForEachJsonLine(const std::string& path,
                            const std::function<Result<Json>(const Json& line)>& body);

/// For a command with a single result: calls `body` for each good line and reports the lines that
/// fail on standard error, by number. Returns 0, or 1 when some lines failed.
Result<int> VisitJsonLines(const std::string& path,
                           const std::function<Status(const Json& line)>& body);

/// The string member `key` of a line. Errors: kInvalidArgument when it is missing or no string.
Result<std::string> TextMember(const Json& line, const char* key);

/// Writes one line to standard output. Exits the process quietly when the reader has gone.
void PrintLine(const std::string& line);

/// The same for a line with colours: the caller has made what others wrote Printable.
void PrintColoured(const std::string& line);

}  // namespace redraft::cli
