#include "redraft/audit/plain_text.h"

#include <algorithm>
#include <vector>

namespace redraft::audit {
namespace {

constexpr std::string_view kBlank = " \t";

/// The lines of a text, without their ends.
std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string Upper(std::string_view line) {
  std::string upper(line);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

bool IsStart(const std::string& upper) {
  return (upper.starts_with("***") && upper.find("START OF TH") != std::string::npos &&
          upper.find("GUTENBERG") != std::string::npos) ||
         (upper.starts_with("*END*") && upper.find("SMALL PRINT") != std::string::npos);
}

bool IsEnd(const std::string& upper) {
  return (upper.starts_with("***") && upper.find("END OF TH") != std::string::npos &&
          upper.find("GUTENBERG") != std::string::npos) ||
         upper.starts_with("END OF THE PROJECT GUTENBERG") ||
         upper.starts_with("END OF PROJECT GUTENBERG");
}

std::string_view WithoutBlankLines(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  const auto line = text.rfind('\n', first);
  text.remove_prefix(line == std::string_view::npos ? 0 : line + 1);
  return text.substr(0, text.find_last_not_of(" \t\n") + 1);
}

/// Code points: what a line's width is counted in.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The width at which a text is wrapped; 0 when it is not.
std::size_t WrapWidth(const std::vector<std::string_view>& lines) {
  std::vector<std::size_t> widths;  // of lines that another one follows
  for (std::size_t i = 0; i + 1 < lines.size(); ++i)
    if (!lines[i].empty() && !lines[i + 1].empty()) widths.push_back(Width(lines[i]));
  if (widths.size() < 3) return 0;
  std::ranges::sort(widths);
  const std::size_t width = widths[widths.size() - 1 - widths.size() / 100];
  if (width < 40 || width > 120) return 0;
  const auto full =
      widths.end() - std::ranges::lower_bound(widths, width - std::min<std::size_t>(width, 20));
  return static_cast<std::size_t>(full) * 2 > widths.size() ? width : 0;
}

}  // namespace

std::string NormaliseLines(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool end = text[i] == '\n' || text[i] == '\r';
    if (!end) {
      lines += text[i];
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    while (!lines.empty() && kBlank.find(lines.back()) != std::string_view::npos) lines.pop_back();
    lines += '\n';
  }
  return lines;
}

GutenbergText StripGutenberg(std::string_view text) {
  GutenbergText parts{"", "", text};
  const char* begin = nullptr;
  const char* end = text.data() + text.size();
  for (const std::string_view line : Lines(text)) {
    const std::string upper = Upper(line);
    if (IsStart(upper)) {
      begin = line.data() + line.size();
    } else if (IsEnd(upper)) {
      end = line.data();
      break;
    } else if (begin == nullptr) {
      const auto value = [&](std::string_view key, std::string& target) {
        if (!target.empty() || !upper.starts_with(key)) return;
        const auto at = line.find_first_not_of(kBlank, key.size());
        if (at != std::string_view::npos) target = line.substr(at);
      };
      value("TITLE:", parts.title);
      value("AUTHOR:", parts.author);
    }
  }
  const bool ends = end != text.data() + text.size();
  if (begin == nullptr && !ends) return {"", "", text};
  if (begin == nullptr) begin = text.data();
  parts.text = WithoutBlankLines({begin, static_cast<std::size_t>(end - begin)});
  for (const std::string_view credit : {"PRODUCED BY", "E-TEXT PREPARED BY", "ETEXT PREPARED BY"}) {
    if (!Upper(parts.text.substr(0, credit.size())).starts_with(credit)) continue;
    const auto paragraph = parts.text.find("\n\n");
    parts.text = paragraph == std::string_view::npos
                     ? std::string_view()
                     : WithoutBlankLines(parts.text.substr(paragraph));
  }
  return parts;
}

std::string JoinWrappedLines(std::string_view text) {
  const std::vector<std::string_view> lines = Lines(text);
  const std::size_t width = WrapWidth(lines);
  if (width == 0) return std::string(text);
  std::string joined;
  joined.reserve(text.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    joined += lines[i];
    const std::string_view next = i + 1 < lines.size() ? lines[i + 1] : std::string_view();
    const bool indented = !next.empty() && kBlank.find(next.front()) != std::string_view::npos;
    const bool wrapped = !lines[i].empty() && !next.empty() && !indented &&
                         Width(lines[i]) + 1 + Width(next.substr(0, next.find(' '))) > width;
    joined += wrapped ? ' ' : '\n';
  }
  if (!text.ends_with('\n')) joined.pop_back();
  return joined;
}

}  // namespace redraft::audit
