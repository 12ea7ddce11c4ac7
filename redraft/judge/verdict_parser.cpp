#include "redraft/judge/verdict_parser.h"

#include <algorithm>

namespace redraft::judge {
namespace {

std::string_view Trim(std::string_view text, std::string_view away) {
  const auto first = text.find_first_not_of(away);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(away) - first + 1);
}

/// The winner that a line names, if the line is a verdict and nothing else.
std::optional<double> WinnerOf(std::string_view line) {
  std::string plain;
  for (const char c : line) {
    if (c != '*' && c != '_' && c != '`' && c != '#' && c != '>') {
      plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
  }
  std::string_view rest = Trim(plain, " \t\r.");
  if (!rest.starts_with("winner")) return std::nullopt;
  rest = Trim(rest.substr(6), " \t");
  if (!rest.starts_with(":")) return std::nullopt;
  rest = Trim(rest.substr(1), " \t");
  if (rest == "a") return 1.0;
  if (rest == "b") return 0.0;
  if (rest == "tie") return 0.5;
  return std::nullopt;
}

}  // namespace

bool IsVerdictLine(std::string_view line) { return WinnerOf(line).has_value(); }

std::optional<ParsedVerdict> ParseVerdict(std::string_view reply) {
  reply = Trim(reply, " \t\r\n");
  std::optional<double> winner;
  std::size_t last_start = 0;
  for (std::size_t start = 0; start <= reply.size();) {
    const std::size_t end = std::min(reply.find('\n', start), reply.size());
    const std::optional<double> named = WinnerOf(reply.substr(start, end - start));
    if (named && winner && *named != *winner) return std::nullopt;
    if (named) winner = named;
    if (end == reply.size()) {
      if (!named) return std::nullopt;
      last_start = start;
    }
    start = end + 1;
  }
  if (!winner) return std::nullopt;
  return ParsedVerdict{*winner, std::string(Trim(reply.substr(0, last_start), " \t\r\n"))};
}

}  // namespace redraft::judge
