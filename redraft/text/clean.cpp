// CleanDraft: what a chat model puts around a text is taken off, line by line from both ends.

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "redraft/text/chatter.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/gates.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

/// Tokens that end a turn: whatever follows is the model talking to itself.
constexpr auto kTurnEnds = std::to_array<std::string_view>(
    {"<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end|>", "<|end_of_text|>", "</s>",
     "<end_of_turn>", "<｜end▁of▁sentence｜>", "[/INST]"});
constexpr auto kTurnStarts = std::to_array<std::string_view>(
    {"<|im_start|>assistant", "<|start_header_id|>assistant<|end_header_id|>", "<|assistant|>",
     "<start_of_turn>model", "<|im_start|>", "<s>", "[INST]", "<|begin_of_text|>", "assistant\n",
     "Assistant:", "<｜Assistant｜>"});

void TrimFront(std::string_view& text, std::size_t count) {
  text.remove_prefix(std::min(count, text.size()));
  text = TrimSpace(text);
}

std::string_view FirstLine(std::string_view text) {
  return TrimSpace(text.substr(0, text.find('\n')));
}
std::string_view LastLine(std::string_view text) {
  const auto at = text.rfind('\n');
  return TrimSpace(at == std::string_view::npos ? text : text.substr(at + 1));
}

/// "---", "* * *", "===": a line of one symbol.
bool IsRule(std::string_view line) {
  const bool symbols = line.find_first_not_of("-*=_~# ") == std::string_view::npos;
  return symbols && std::ranges::count(line, ' ') + 3 <= static_cast<std::ptrdiff_t>(line.size());
}

/// Levels of Markdown headings: # is 1; a bold line of its own is 7; 0 is none.
int HeadingLevel(std::string_view line) {
  const std::size_t marks = line.find_first_not_of('#');
  if (marks != std::string_view::npos && marks >= 1 && marks <= 6 && line[marks] == ' ') {
    return static_cast<int>(marks);
  }
  for (const std::string_view mark : {"**", "__"}) {
    const bool whole = line.size() > 4 && line.starts_with(mark) && line.ends_with(mark) &&
                       line.substr(2, line.size() - 4).find(mark) == std::string_view::npos;
    if (whole && CountWords(line) <= 12) return 7;
  }
  return 0;
}

/// Whether `text` has a heading of `level` or above it after its first line: then the first one
/// opens a section and is no title.
bool HasPeerHeading(std::string_view text, int level) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;) {
    const std::size_t end = text.find('\n', at + 1);
    const int other = HeadingLevel(TrimSpace(text.substr(at + 1, end - at - 1)));
    if (other != 0 && other <= level) return true;
    at = end;
  }
  return false;
}

/// Words of a title start with capitals, small words aside.
bool IsTitleCase(std::string_view line) {
  static constexpr auto kSmall = std::to_array<std::string_view>(
      {"with", "from", "into", "over", "upon", "that", "than", "when", "under", "between"});
  const auto words = Words(line);
  const auto capital = [](std::string_view word) {
    return (word.front() >= 'A' && word.front() <= 'Z') || word.front() < 0 ||
           (word.front() >= '0' && word.front() <= '9');
  };
  if (words.empty() || !capital(words.front())) return false;
  int long_words = 0;
  for (const std::string_view word : words) {
    const bool small = word.size() < 4 || std::ranges::find(kSmall, word) != kSmall.end();
    if (!small && !capital(word)) return false;
    long_words += !small;
  }
  return long_words > 0;
}

bool StartsWithLabel(std::string_view line, std::string_view label) {
  while (!line.empty() && std::string_view("*_# ").find(line.front()) != std::string_view::npos) {
    line.remove_prefix(1);
  }
  if (line.size() < label.size()) return false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const char c = line[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != label[i]) return false;
  }
  return true;
}

bool IsTitle(std::string_view text, std::string_view line) {
  if (StartsWithLabel(line, "title:")) return true;
  if (const int level = HeadingLevel(line)) return !HasPeerHeading(text, level);
  // A plain title stands alone: an empty line follows.
  const std::size_t end = text.find('\n');
  const std::size_t next = text.find('\n', end + 1);
  if (!TrimSpace(text.substr(end + 1, next - end - 1)).empty()) return false;
  std::string_view bare = line;
  bool quoted = false;
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"\"", "\""},
                                    {"“", "”"},
                                    {"*", "*"},
                                    {"_", "_"}}) {
    if (bare.size() > open.size() + close.size() && bare.starts_with(open) &&
        bare.ends_with(close)) {
      bare = bare.substr(open.size(), bare.size() - open.size() - close.size());
      quoted = true;
      break;
    }
  }
  const int words = CountWords(bare);
  if (words == 0 || words > 10) return false;
  const bool sentence = std::string_view(".!?:;,\"'").find(bare.back()) != std::string_view::npos ||
                        bare.ends_with("…") || bare.ends_with("”") || bare.ends_with("’");
  return !sentence && IsTitleCase(bare) && (quoted || words <= 10);
}

/// Length of an announcement that stands on one line with the text: made of nothing but announcing
/// words, and closed by a colon; or bare assent ("Sure!") with an announcement behind it.
std::size_t LeadOnLine(std::string_view text, std::string_view line, std::string_view noun) {
  const std::size_t stop = line.find_first_of(":!.");
  if (stop == std::string_view::npos || stop + 1 >= text.size() || stop > 200) return 0;
  if (!IsPureAnnouncement(line.substr(0, stop), noun)) return 0;
  if (line[stop] == ':') return stop + 1 < line.size() ? stop + 1 : 0;
  const std::string_view next = TrimSpace(line.substr(stop + 1));
  return IsAnnouncement(next.substr(0, next.find_first_of(":.!")), noun) ? stop + 1 : 0;
}

/// Takes one piece of chatter off the front. Returns whether it did.
bool CleanFront(std::string_view& text, std::string_view noun) {
  for (const std::string_view token : kTurnStarts) {
    if (text.starts_with(token)) {
      TrimFront(text, token.size());
      return true;
    }
  }
  if (text.starts_with("<think>")) {
    const auto end = text.find("</think>");
    if (end == std::string_view::npos) return false;
    TrimFront(text, end + 8);
    return true;
  }
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const std::string_view line = FirstLine(text);
  const std::string_view rest = text.substr(line_end);
  if (IsRule(line)) {
    TrimFront(text, line_end);
    return true;
  }
  if (const std::size_t lead = LeadOnLine(text, line, noun); lead > 0) {
    TrimFront(text, lead);
    return true;
  }
  if (rest.empty()) return false;
  const std::size_t colon = line.find(':');
  const bool whole_line = colon == std::string_view::npos || colon + 1 == line.size() ||
                          line.substr(colon).starts_with(":**");
  const bool announces = whole_line && IsAnnouncement(line, noun) &&
                         CountWords(line) <= std::min(40, CountWords(rest));
  const bool byline =
      StartsWithLabel(line, "by ") && CountWords(line) <= 5 && IsTitleCase(line.substr(3));
  if (announces || byline || IsTitle(text, line)) {
    TrimFront(text, line_end);
    return true;
  }
  return false;
}

/// The start of the chatter behind a text: the first paragraph of the second half that is a note.
/// Notes may run on in lists, so all that follows goes with it.
std::optional<std::size_t> NoteStart(std::string_view text, std::string_view noun) {
  const auto paragraphs = Paragraphs(text);
  int before = 0;
  const int all = CountWords(text);
  for (std::size_t i = 0; i < paragraphs.size(); ++i) {
    if (i > 0 && 2 * before >= all && IsNote(paragraphs[i], noun)) {
      return static_cast<std::size_t>(paragraphs[i].data() - text.data());
    }
    before += CountWords(paragraphs[i]);
  }
  return std::nullopt;
}

bool CleanBack(std::string_view& text, std::string_view noun) {
  const std::string_view line = LastLine(text);
  const bool has_more = line.size() < text.size();
  if (has_more && (IsRule(line) || IsNote(line, noun)) &&
      2 * CountWords(line) <= CountWords(text)) {
    text = TrimSpace(text.substr(0, static_cast<std::size_t>(line.data() - text.data())));
    return true;
  }
  if (const auto note = NoteStart(text, noun)) {
    text = TrimSpace(text.substr(0, *note));
    return true;
  }
  // "… the end of it. (130 words)"
  if (text.ends_with(')') || text.ends_with(']')) {
    const auto open = text.find_last_of(text.back() == ')' ? '(' : '[');
    if (open != std::string_view::npos && open > 0 && IsNote(text.substr(open), noun)) {
      text = TrimSpace(text.substr(0, open));
      return true;
    }
  }
  return false;
}

/// Fences or quotes around the whole text.
bool Unwrap(std::string_view& text) {
  if (text.starts_with("```") && text.ends_with("```")) {
    const auto line = text.find('\n');
    if (line != std::string_view::npos && line + 3 < text.size()) {
      const std::string_view inside = text.substr(line, text.size() - line - 3);
      if (inside.find("```") == std::string_view::npos) {
        text = TrimSpace(inside);
        return true;
      }
    }
  }
  // Typographic quotes are left alone: nobody's wrapper, but many a monologue's.
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (inside.find('"') != std::string_view::npos || Sentences(inside).size() < 3) return false;
  text = TrimSpace(inside);
  return true;
}

}  // namespace

std::string CleanDraft(std::string_view raw, std::string_view noun) {
  std::string plain;
  plain.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\r') {
      plain += raw[i];
    } else if (i + 1 == raw.size() || raw[i + 1] != '\n') {
      plain += '\n';
    }
  }
  std::string_view text = TrimSpace(plain);
  if (text.starts_with("\xEF\xBB\xBF")) TrimFront(text, 3);
  // Every step shortens the text, so this ends.
  while (CleanFront(text, noun)) {
  }
  for (const std::string_view token : kTurnEnds) {
    text = TrimSpace(text.substr(0, text.find(token)));
  }
  while (Unwrap(text) || CleanFront(text, noun) || CleanBack(text, noun)) {
  }
  return std::string(text);
}

}  // namespace redraft::text
