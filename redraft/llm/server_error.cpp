#include "redraft/llm/server_error.h"

#include <fmt/format.h>

#include "redraft/base/printable.h"
#include "redraft/llm/reply_members.h"

namespace redraft::llm {
namespace {

constexpr std::size_t kQuotedChars = 200;  // of an error's own words

}  // namespace

std::string OneLine(std::string_view text, std::size_t most) {
  std::string line = Printable(text);
  std::size_t chars = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool starts_char = (static_cast<unsigned char>(line[at]) & 0xC0U) != 0x80U;
    if (starts_char && ++chars > most) return line.substr(0, at) + "…";
  }
  return line;
}

std::string ServerMessage(std::string_view body, std::size_t most_chars) {
  std::string message(body);
  if (const Result<Json> json = ParseJson(body)) {
    const Json* error = Member(*json, "error");
    for (const std::string& found :
         {error != nullptr ? StringMember(*error, "message") : "", StringMember(*json, "error"),
          StringMember(*json, "message"), StringMember(*json, "detail")}) {
      if (!found.empty()) {
        message = found;
        break;
      }
    }
  }
  const std::string valid = DumpJson(Json(message));  // replaces what is not UTF-8
  return OneLine(ParseJson(valid)->get<std::string>(), most_chars);
}

Error ParseError(int status, std::string_view body) {
  const std::string message = fmt::format("HTTP {}: {}", status, ServerMessage(body, kQuotedChars));
  switch (status) {
    case 401:
    case 403:
      return {ErrorCode::kUnauthenticated, message};
    case 429:
      // A used-up quota comes with the same status as a momentary limit, and does not pass.
      return {body.find("insufficient_quota") != std::string_view::npos ? ErrorCode::kRefused
                                                                        : ErrorCode::kRateLimited,
              message};
    case 503:
    case 529:  // Anthropic's "overloaded"
      return {ErrorCode::kRateLimited, message};
    case 408:
    case 409:
      return {ErrorCode::kUnavailable, message};
    default:
      return {status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kRefused, message};
  }
}

}  // namespace redraft::llm
