#include "redraft/edit/markup_lines.h"

#include <algorithm>

#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

using text::TrimSpace;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxIndent = 3;  // of blocks that are not code (CommonMark)

std::size_t Indent(std::string_view line) {
  std::size_t width = 0;
  for (const char c : line) {
    if (c == ' ') {
      ++width;
    } else if (c == '\t') {
      width += 4;
    } else {
      break;
    }
  }
  return width;
}

std::size_t Run(std::string_view text, char c) {
  return std::min(text.find_first_not_of(c), text.size());
}

/// "---", "***", "* * *": nothing but three or more of one of the marks.
bool IsRule(std::string_view line) {
  line = TrimSpace(line);
  if (line.empty() || std::string_view("-*_").find(line.front()) == std::string_view::npos) {
    return false;
  }
  const char mark = line.front();
  return std::count(line.begin(), line.end(), mark) >= 3 &&
         std::all_of(line.begin(), line.end(), [mark](char c) { return c == mark || c == ' '; });
}

bool IsUnderline(std::string_view line) {
  line = TrimSpace(line);
  return !line.empty() &&
         (Run(line, '=') == line.size() || (line.size() >= 2 && Run(line, '-') == line.size()));
}

bool IsTableRow(std::string_view line) {
  line = TrimSpace(line);
  if (line.size() < 3) return false;
  const bool delimiter = line.find('|') != std::string_view::npos &&
                         line.find_first_not_of("|-: ") == std::string_view::npos;
  return delimiter || (line.front() == '|' && line.back() == '|');
}

bool IsReference(std::string_view line) {
  line = TrimSpace(line);
  if (line.empty() || line.front() != '[') return false;
  const std::size_t close = line.find("]:");
  return close != std::string_view::npos && close > 1 && line.find('[', 1) > close;
}

/// Bytes of "# ", "- ", "3. ", "* [x] " and the white space before them; 0 if there are none.
std::size_t Marks(std::string_view line, bool& heading) {
  const std::size_t at = Run(line, ' ');
  const auto space_at = [&](std::size_t i) { return i >= line.size() || text::IsSpace(line[i]); };
  const std::size_t hashes = Run(line.substr(at), '#');
  heading = at <= kMaxIndent && hashes >= 1 && hashes <= 6 && space_at(at + hashes);
  std::size_t after = 0;
  if (heading) {
    after = at + hashes;
  } else if (at < line.size() && std::string_view("-+*").find(line[at]) != std::string_view::npos &&
             space_at(at + 1)) {
    after = at + 1;
  } else {
    std::size_t digits = at;
    while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') ++digits;
    const bool numbered = digits > at && digits - at <= 9 && digits < line.size() &&
                          (line[digits] == '.' || line[digits] == ')') && space_at(digits + 1);
    if (!numbered) return 0;
    after = digits + 1;
  }
  while (after < line.size() && line[after] == ' ') ++after;
  if (!heading && after + 3 < line.size() && line[after] == '[' && line[after + 2] == ']' &&
      line[after + 3] == ' ') {
    after += 4;  // a box to tick
  }
  return after;
}

/// Whether an indented line looks like code: manuscripts indent prose, too.
bool HasCodeSigns(std::string_view line) {
  const auto signs = std::count_if(line.begin(), line.end(), [](char c) {
    return std::string_view("{}[]();=<>$#_\\/|&+").find(c) != std::string_view::npos;
  });
  return static_cast<std::size_t>(signs) * 20 >= TrimSpace(line).size();
}

class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) { Cut(); }

  std::vector<Line> Read() {
    std::size_t at = FrontMatter();
    while (at < lines_.size()) at = Block(at);
    return std::move(lines_);
  }

 private:
  void Cut() {
    for (std::size_t start = 0; start < text_.size();) {
      std::size_t end = std::min(text_.find_first_of("\r\n", start), text_.size());
      if (end < text_.size()) {
        const bool both = text_.substr(end).starts_with("\r\n");
        end += both ? 2U : 1U;
      }
      lines_.push_back({start, end, start});
      start = end;
    }
  }

  std::string_view Of(std::size_t line) const {
    const Line& at = lines_[line];
    return text_.substr(at.start, at.end - at.start);
  }

  /// Marks the block of settings that some tools put first; returns the line behind it.
  std::size_t FrontMatter() {
    if (lines_.empty()) return 0;
    std::string_view first = Of(0);
    if (first.starts_with(kByteOrderMark)) first.remove_prefix(kByteOrderMark.size());
    first = TrimSpace(first);
    if (first != "---" && first != "+++") return 0;
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      const std::string_view line = TrimSpace(Of(i));
      if (line != first && !(first == "---" && line == "...")) continue;
      // A rule, some prose and another rule are no settings.
      if (first == "---" && !LooksLikeSettings(1, i)) return 0;
      Mark(0, i + 1, LineKind::kFrontMatter);
      return i + 1;
    }
    return 0;
  }

  bool LooksLikeSettings(std::size_t from, std::size_t to) const {
    for (std::size_t i = from; i < to; ++i) {
      const std::string_view line = TrimSpace(Of(i));
      if (line.empty() || line.front() == '#') continue;
      const std::size_t colon = line.find(':');
      return colon != std::string_view::npos &&
             line.substr(0, colon).find(' ') == std::string_view::npos;
    }
    return true;
  }

  void Mark(std::size_t from, std::size_t to, LineKind kind) {
    for (std::size_t i = from; i < to; ++i) lines_[i].kind = kind;
  }

  /// Classifies the line `at`, with those that belong to it; returns the next.
  std::size_t Block(std::size_t at) {
    const std::string_view line = Of(at);
    const std::string_view trimmed = TrimSpace(line);
    if (trimmed.empty()) {
      lines_[at].kind = LineKind::kBlank;
      return at + 1;
    }
    const bool after_blank = at == 0 || lines_[at - 1].kind != LineKind::kProse;
    if (Indent(line) > kMaxIndent) return Indented(at, after_blank);
    if (trimmed.starts_with("```") || trimmed.starts_with("~~~")) return Fenced(at);
    if (trimmed.front() == '>') return Quoted(at);
    if (trimmed.starts_with("<!--")) return Comment(at);
    if (IsUnderline(line) && !after_blank) {
      lines_[at - 1].kind = LineKind::kHeading;
      lines_[at].kind = LineKind::kMarkup;
    } else if (IsRule(line) || IsTableRow(line)) {
      lines_[at].kind = LineKind::kMarkup;
    } else if (IsReference(line)) {
      lines_[at].kind = LineKind::kReference;
    } else {
      WithMarks(at);
    }
    return at + 1;
  }

  void WithMarks(std::size_t at) {
    bool heading = false;
    lines_[at].body = lines_[at].start + Marks(Of(at), heading);
    if (heading) lines_[at].kind = LineKind::kHeading;
  }

  std::size_t Indented(std::size_t at, bool after_blank) {
    if (after_blank && HasCodeSigns(Of(at))) {
      lines_[at].kind = LineKind::kCode;
    } else {
      WithMarks(at);
    }
    return at + 1;
  }

  std::size_t Fenced(std::size_t at) {
    const std::string_view opening = TrimSpace(Of(at));
    const std::size_t length = Run(opening, opening.front());
    std::size_t end = at + 1;
    while (end < lines_.size()) {
      const std::string_view line = TrimSpace(Of(end++));
      if (Run(line, opening.front()) == line.size() && line.size() >= length) break;
    }
    Mark(at, end, LineKind::kCode);
    return end;
  }

  /// A comment may hold empty lines; one that is never closed is none.
  std::size_t Comment(std::size_t at) {
    for (std::size_t i = at; i < lines_.size() && !unclosed_comment_; ++i) {
      if (Of(i).find("-->") == std::string_view::npos) continue;
      Mark(at, i + 1, LineKind::kMarkup);
      return i + 1;
    }
    unclosed_comment_ = true;
    return at + 1;
  }

  std::size_t Quoted(std::size_t at) {
    std::size_t end = at + 1;
    while (end < lines_.size() && !TrimSpace(Of(end)).empty()) ++end;
    Mark(at, end, LineKind::kQuotation);
    return end;
  }

  std::string_view text_;
  std::vector<Line> lines_;
  bool unclosed_comment_ = false;
};

}  // namespace

std::vector<Line> MarkupLines(std::string_view text) { return LineReader(text).Read(); }

}  // namespace redraft::edit
