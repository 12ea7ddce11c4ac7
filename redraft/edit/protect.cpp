#include "redraft/edit/protect.h"

#include <algorithm>
#include <array>

#include "redraft/edit/markup_lines.h"
#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

constexpr std::string_view kOpenQuote = "\u201C";
constexpr std::string_view kCloseQuote = "\u201D";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordByte(char c) {
  return IsLetter(c) || IsDigit(c) || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Whether the words in front of a quotation name the one who is quoted, as a report or an essay
/// does and a story does not: "According to Hale, …", "As Hale puts it: …", "Hale writes, …".
bool IntroducesCitation(std::string_view before) {
  constexpr std::array<std::string_view, 12> kWays = {
      "according to ", " puts it", " put it", "in the words of ", " writes", " wrote",
      " argues",       " notes",   " states", " observes",        " et al.", " concludes"};
  before = before.substr(before.size() - std::min<std::size_t>(before.size(), 100));
  const std::size_t stop = before.find_last_of(".!?\n");
  // "et al." holds a stop of its own.
  if (stop != std::string_view::npos && !before.substr(0, stop + 1).ends_with("et al.")) {
    before.remove_prefix(stop + 1);
  }
  before = text::TrimSpace(before);
  while (!before.empty() && (before.back() == ',' || before.back() == ':')) {
    before.remove_suffix(1);
  }
  if (before.ends_with(" that")) before.remove_suffix(5);
  if (before.empty() || !(IsLetter(before.back()) || before.back() == '.')) return false;
  for (const std::string_view way : kWays) {
    const std::size_t at = before.rfind(way);
    if (at == std::string_view::npos &&
        !(way == "according to " && before.find("According to ") != std::string_view::npos) &&
        !(way == "in the words of " && before.find("In the words of ") != std::string_view::npos)) {
      continue;
    }
    if (way.back() == ' ') return true;
    // The verb stands last, behind a name: pronouns tell stories.
    if (at + way.size() != before.size()) continue;
    const std::string_view subject = before.substr(0, at);
    const std::size_t space = subject.rfind(' ');
    const std::string_view name =
        space == std::string_view::npos ? subject : subject.substr(space + 1);
    if (!name.empty() && name.front() >= 'A' && name.front() <= 'Z' && name != "He" &&
        name != "She" && name != "They" && name != "I" && name != "We" && name != "It" &&
        name != "You") {
      return true;
    }
  }
  return false;
}

/// Whether a reference follows a quotation: (Hale 1999, p. 3), [12], [^4].
bool HasReference(std::string_view after) {
  std::size_t at = std::min(after.find_first_not_of(".,; "), after.size());
  if (at > 2 || at == after.size()) return false;
  const char open = after[at];
  if (open != '(' && open != '[') return false;
  const std::size_t close = after.find(open == '(' ? ')' : ']', at);
  if (close == std::string_view::npos || close - at > 80) return false;
  const std::string_view inside = after.substr(at + 1, close - at - 1);
  return std::any_of(inside.begin(), inside.end(), IsDigit) || inside.starts_with("^");
}

class Inline {
 public:
  Inline(std::string_view text, std::vector<ProtectedRange>& ranges)
      : text_(text), ranges_(ranges) {}

  /// Finds what is protected in a paragraph.
  void Read(std::size_t start, std::size_t end) {
    paragraph_ = start;
    end_ = end;
    closing_.clear();
    no_comment_end_ = no_quote_end_ = no_curly_end_ = start;
    Scan(start, end, true);
  }

 private:
  void Scan(std::size_t start, std::size_t end, bool quotations) {
    for (std::size_t at = start; at < end;) {
      while (at < end && !Begins(text_[at])) ++at;
      if (at == end) return;
      const bool quote = text_[at] == '"' || text_[at] == '\xE2';
      at = std::max(quote && !quotations ? at : At(at), at + 1);
    }
  }

  static bool Begins(char c) {
    switch (c) {
      case '`':
      case '<':
      case '[':
      case '!':
      case 'h':
      case 'H':
      case 'w':
      case '@':
      case '"':
      case '\xE2':
      case '\\':
        return true;
      default:
        return false;
    }
  }

  std::size_t At(std::size_t at) {
    switch (text_[at]) {
      case '\\':
        return at + 2;
      case '`':
        return Code(at);
      case '<':
        return Angle(at);
      case '!':
        return at + 1 < end_ && text_[at + 1] == '[' ? Bracket(at, at + 1) : at;
      case '[':
        return Bracket(at, at);
      case '@':
        return Mail(at);
      case '"':
        return Quotation(at, "\"");
      case '\xE2':
        return text_.compare(at, 3, kOpenQuote) == 0 ? Quotation(at, kCloseQuote) : at;
      default:
        return Address(at);
    }
  }

  std::size_t Add(std::size_t start, std::size_t end, ProtectedKind kind) {
    ranges_.push_back({start, end, kind});
    return end;
  }

  std::size_t Code(std::size_t at) {
    const std::size_t open = std::min(text_.find_first_not_of('`', at), end_);
    const std::string_view window = Window(at);
    for (std::size_t i = window.find('`', open - at); i < window.size(); i = window.find('`', i)) {
      const std::size_t close = std::min(window.find_first_not_of('`', i), window.size());
      if (close - i == open - at) return Add(at, at + close, ProtectedKind::kCode);
      i = close;
    }
    return open;
  }

  /// <tag>, </tag>, <!-- … -->, <https://…>, <a@b.c>.
  std::size_t Angle(std::size_t at) {
    const std::string_view window = Window(at);
    if (window.starts_with("<!--")) {
      const std::size_t close = Closing("-->", at, no_comment_end_);
      if (close != end_) return Add(at, close + 3, ProtectedKind::kMarkup);
    }
    if (window.size() < 2 || !(IsLetter(window[1]) || window[1] == '/')) return at;
    const std::size_t close = window.find_first_of("<>", 1);
    if (close == std::string_view::npos || window[close] == '<') return at;
    const std::string_view inside = window.substr(1, close - 1);
    const bool link =
        inside.find(':') != std::string_view::npos || inside.find('@') != std::string_view::npos;
    return Add(at, at + close + 1, link ? ProtectedKind::kLink : ProtectedKind::kMarkup);
  }

  /// Where `mark` stands next within reach, or the end. `none_before` remembers up to where there
  /// is none, so that many openings without an end are looked through once.
  std::size_t Closing(std::string_view mark, std::size_t at, std::size_t& none_before) const {
    const std::size_t from = std::max(at, none_before);
    const std::size_t to = std::min(end_, at + kWindow);
    if (from >= to) return end_;
    const std::size_t found = text_.substr(0, to).find(mark, from);
    if (found != std::string_view::npos) return found;
    none_before = std::max(none_before, to - std::min(to, mark.size() - 1));
    return end_;
  }

  /// The bracket that closes the one at `open`, or the end.
  std::size_t Partner(std::size_t open) {
    if (closing_.empty()) PairBrackets();
    const std::size_t partner = closing_[open - paragraph_];
    return partner == 0 ? end_ : partner;
  }

  void PairBrackets() {
    closing_.assign(end_ - paragraph_, 0);
    std::vector<std::size_t> round, square;
    for (std::size_t i = paragraph_; i < end_; ++i) {
      const char c = text_[i];
      if (c == '\\') {
        ++i;
      } else if (c == '(' || c == '[') {
        (c == '(' ? round : square).push_back(i);
      } else if (c == ')' || c == ']') {
        std::vector<std::size_t>& open = c == ')' ? round : square;
        if (open.empty()) continue;
        closing_[open.back() - paragraph_] = i;
        open.pop_back();
      }
    }
  }

  /// [text](address), [text][reference], ![picture](address), [^note], [1].
  std::size_t Bracket(std::size_t start, std::size_t open) {
    const std::size_t close = Partner(open);
    if (close == end_) return open;
    if (close + 1 < end_ && (text_[close + 1] == '(' || text_[close + 1] == '[')) {
      const std::size_t last = Partner(close + 1);
      if (last != end_) return Add(start, last + 1, ProtectedKind::kLink);
    }
    const std::string_view inside = text_.substr(open + 1, close - open - 1);
    if (!inside.empty() && (inside.front() == '^' || inside.front() == '@' ||
                            std::all_of(inside.begin(), inside.end(), IsDigit))) {
      return Add(start, close + 1, ProtectedKind::kLink);
    }
    return open;
  }

  std::size_t Mail(std::size_t at) {
    const auto part = [](char c) {
      return IsLetter(c) || IsDigit(c) || c == '.' || c == '-' || c == '_' || c == '+';
    };
    std::size_t start = at, end = at + 1;
    while (start > paragraph_ && part(text_[start - 1])) --start;
    while (end < end_ && part(text_[end])) ++end;
    while (end > at && text_[end - 1] == '.') --end;
    const std::string_view host = text_.substr(at + 1, end - at - 1);
    if (start == at || host.find('.') == std::string_view::npos) return at;
    return Add(start, end, ProtectedKind::kLink);
  }

  /// http://…, https://…, www.…
  std::size_t Address(std::size_t at) {
    const std::string_view rest = text_.substr(at, end_ - at);
    if (at > paragraph_ && IsWordByte(text_[at - 1])) return at;
    constexpr std::array<std::string_view, 5> kStarts = {"http://", "https://", "www.", "HTTP://",
                                                         "HTTPS://"};
    if (std::none_of(kStarts.begin(), kStarts.end(),
                     [rest](std::string_view start) { return rest.starts_with(start); })) {
      return at;
    }
    std::size_t end = at + std::min(rest.find_first_of(" \t\r\n<>\"|\xE2"), rest.size());
    while (end > at &&
           std::string_view(".,;:!?)]'*_").find(text_[end - 1]) != std::string_view::npos) {
      --end;
    }
    return Add(at, end, ProtectedKind::kLink);
  }

  /// A quotation is protected where a source is named for it.
  std::size_t Quotation(std::size_t at, std::string_view closing) {
    const std::size_t inside = at + (closing == kCloseQuote ? kOpenQuote.size() : 1);
    const std::size_t close =
        Closing(closing, inside, closing == kCloseQuote ? no_curly_end_ : no_quote_end_);
    if (close == end_) return inside;
    const std::size_t end = close + closing.size();
    if (IntroducesCitation(text_.substr(paragraph_, at - paragraph_)) ||
        HasReference(text_.substr(end, end_ - end))) {
      return Add(at, end, ProtectedKind::kQuotation);
    }
    // What stands between the quotes may still hold code and links. Straight quotes have no
    // direction: the closing one is stepped over, or it would open the next.
    Scan(inside, close, false);
    return end;
  }

  std::string_view Window(std::size_t at) const {
    return text_.substr(at, std::min(end_ - at, kWindow));
  }

  static constexpr std::size_t kWindow = 4000;  // keeps what is never closed linear

  std::string_view text_;
  std::vector<ProtectedRange>& ranges_;
  std::size_t paragraph_ = 0, end_ = 0;
  std::vector<std::size_t> closing_;  ///< of every byte of the paragraph: its partner, 0: none
  std::size_t no_comment_end_ = 0, no_quote_end_ = 0, no_curly_end_ = 0;
};

/// Sorted and disjoint; of ranges that touch each other's bytes the first keeps its kind.
std::vector<ProtectedRange> Joined(std::vector<ProtectedRange> ranges) {
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const auto& a, const auto& b) { return a.start < b.start; });
  std::vector<ProtectedRange> joined;
  for (const ProtectedRange& range : ranges) {
    if (range.start >= range.end) continue;
    if (!joined.empty() &&
        (range.start < joined.back().end ||
         (range.start == joined.back().end && range.kind == joined.back().kind))) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

}  // namespace

std::vector<ProtectedRange> ProtectedRanges(std::string_view text) {
  std::vector<ProtectedRange> ranges;
  Inline inside(text, ranges);
  const std::vector<Line> lines = MarkupLines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    switch (line.kind) {
      case LineKind::kBlank:
        break;
      case LineKind::kFrontMatter:
        ranges.push_back({line.start, line.end, ProtectedKind::kFrontMatter});
        break;
      case LineKind::kCode:
        ranges.push_back({line.start, line.end, ProtectedKind::kCode});
        break;
      case LineKind::kQuotation:
        ranges.push_back({line.start, line.end, ProtectedKind::kQuotation});
        break;
      case LineKind::kMarkup:
        ranges.push_back({line.start, line.end, ProtectedKind::kMarkup});
        break;
      case LineKind::kReference:
        ranges.push_back({line.start, line.end, ProtectedKind::kLink});
        break;
      case LineKind::kProse:
      case LineKind::kHeading: {
        // Links and code may run over line ends: a paragraph is read as a whole.
        std::size_t last = i;
        ranges.push_back({line.start, line.body, ProtectedKind::kMarkup});
        while (line.kind == LineKind::kProse && last + 1 < lines.size() &&
               lines[last + 1].kind == LineKind::kProse &&
               lines[last + 1].body == lines[last + 1].start) {
          ++last;
        }
        inside.Read(line.body, lines[last].end);
        i = last;
        break;
      }
    }
  }
  return Joined(std::move(ranges));
}

bool Touches(const std::vector<ProtectedRange>& ranges, std::size_t start, std::size_t end) {
  const auto after = std::partition_point(ranges.begin(), ranges.end(),
                                          [&](const auto& range) { return range.end <= start; });
  return after != ranges.end() && after->start < end;
}

}  // namespace redraft::edit
