#include "redraft/judge/quotation.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "redraft/judge/structured_verdict.h"
#include "redraft/judge/verdict_parser.h"
#include "redraft/text/codepoint.h"

namespace redraft::judge {
namespace {

/// "<" and what looks like it in many fonts.
constexpr std::array<std::int32_t, 5> kOpeners = {'<', 0x02C2, 0x1438, 0xFE64, 0xFF1C};

bool IsLineBreak(std::int32_t c) {
  return c == '\n' || c == '\v' || c == '\f' || c == '\r' || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

/// Characters that show nothing: controls, marks of direction, fillers and tags. Joiners are
/// letters' business in many scripts and stay.
bool IsInvisible(std::int32_t c) {
  return (c >= 0 && c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x34F ||
         c == 0x61C || c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

/// `text` with one kind of line break, and without what cannot be seen.
std::string Visible(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const std::int32_t c = text::NextCodePoint(text, at);
    if (IsLineBreak(c)) {
      if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
      visible += '\n';
    } else if (c == text::kBadByte) {
      visible += "\uFFFD";  // kept, it could join what stands around something left out
    } else if (!IsInvisible(c)) {
      visible += text.substr(start, at - start);
    }
  }
  return visible;
}

/// Whether `rest`, which follows a "[", makes it markup such as "[INST]" or "[/INST]".
bool IsBracketMarkup(std::string_view rest) {
  if (rest.starts_with('/')) rest.remove_prefix(1);
  return rest.size() >= 3 &&
         std::all_of(rest.begin(), rest.begin() + 3, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string WithoutMarkup(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const std::int32_t c = text::NextCodePoint(text, at);
    plain += text.substr(start, at - start);
    const bool opener = std::ranges::find(kOpeners, c) != kOpeners.end();
    const bool spaced =
        at == text.size() || text[at] == ' ' || text[at] == '\n' || text[at] == '\t';
    if ((opener && !spaced) || (c == '[' && IsBracketMarkup(text.substr(at)))) plain += ' ';
  }
  return plain;
}

/// Puts a space into each key of a verdict in JSON; two of them may share a quotation mark.
void BreakKeys(std::string& text) {
  for (auto at = text.find(kWinnerKey); at != std::string::npos; at = text.find(kWinnerKey, at)) {
    text.insert(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, ' ');
  }
}

/// `text` with a bar before each line that reads as a verdict.
std::string WithoutVerdictLines(std::string_view text) {
  std::string marked;
  marked.reserve(text.size());
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (IsVerdictLine(line)) marked += "| ";
    marked += line;
    if (end < text.size()) marked += '\n';
    start = end + 1;
  }
  return marked;
}

}  // namespace

std::string Quote(std::string_view text) {
  std::string quoted = WithoutMarkup(Visible(text));
  BreakKeys(quoted);
  return WithoutVerdictLines(quoted);
}

}  // namespace redraft::judge
