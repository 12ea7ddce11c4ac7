#include "redraft/core/brief.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "redraft/base/hash.h"
#include "redraft/base/toml.h"

namespace redraft::core {
namespace {

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<int> ParseCount(std::string_view text) {
  text = Trim(text);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 1'000'000) {
    return std::nullopt;
  }
  return value;
}

Status ReadWords(std::string_view value, Brief& brief) {
  const auto bad = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("brief: words: '{}' is not a limit; write N (at most) or N-M (between)",
                            value));
  };
  std::string plain(value);
  for (const std::string_view dash : {"\u2013", "\u2014"}) {
    if (const auto at = plain.find(dash); at != std::string::npos)
      plain.replace(at, dash.size(), "-");
  }
  const auto dash = plain.find('-');
  const auto last = ParseCount(dash == std::string::npos ? plain : plain.substr(dash + 1));
  if (!last) return bad();
  brief.max_words = *last;
  if (dash == std::string::npos) return Ok{};
  const auto first = ParseCount(std::string_view(plain).substr(0, dash));
  if (!first || *first > *last) return bad();
  brief.min_words = *first;
  return Ok{};
}

}  // namespace

Result<Brief> ParseBrief(std::string_view text) {
  Brief brief;
  brief.sha256 = Sha256Hex(text);
  const std::vector<std::string> known = {"words", "form", "audience", "pack"};
  std::string_view body = text;
  const auto take_line = [&body] {
    const auto end = body.find('\n');
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    return line;
  };
  if (Trim(body.substr(0, body.find('\n'))) == "---") {
    take_line();
    bool closed = false;
    std::vector<std::string> seen;
    for (int number = 2; !body.empty() && !closed; ++number) {
      const std::string_view line = Trim(take_line());
      closed = line == "---";
      if (closed || line.empty() || line.front() == '#') continue;
      const auto colon = line.find(':');
      if (colon == std::string_view::npos) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("brief line {}: '{}' is not 'key: value'", number, line));
      }
      const std::string key(Trim(line.substr(0, colon)));
      std::string_view value = Trim(line.substr(colon + 1));
      if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
          value.back() == value.front()) {
        value = value.substr(1, value.size() - 2);
      }
      if (std::ranges::find(seen, key) != seen.end()) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("brief line {}: '{}' is given a second time", number, key));
      }
      seen.push_back(key);
      if (key == "words") {
        REDRAFT_RETURN_IF_ERROR(ReadWords(value, brief));
      } else if (key == "form") {
        brief.form = value;
      } else if (key == "audience") {
        brief.audience = value;
      } else if (key == "pack") {
        brief.pack = value;
      } else {
        REDRAFT_RETURN_IF_ERROR(
            CheckKeys(Json{{key, ""}}, known, fmt::format("brief line {}", number)));
      }
    }
    if (!closed) {
      return Fail(ErrorCode::kInvalidArgument,
                  "brief: the front matter that starts with '---' is never closed by a line '---'");
    }
  }
  brief.task = Trim(body);
  if (brief.task.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "brief: there is no task; say what is to be written");
  }
  return brief;
}

Json ToJson(const Brief& brief) {
  return {{"task", brief.task},    {"min_words", brief.min_words}, {"max_words", brief.max_words},
          {"form", brief.form},    {"audience", brief.audience},   {"pack", brief.pack},
          {"sha256", brief.sha256}};
}

}  // namespace redraft::core
