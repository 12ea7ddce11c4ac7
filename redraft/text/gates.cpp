#include "redraft/text/gates.h"

#include <algorithm>
#include <array>

#include "redraft/text/chatter.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/garbage.h"
#include "redraft/text/repetition.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = TrimSpace(text.substr(begin, end - begin));
    if (!line.empty()) lines.push_back(line);
    begin = end + 1;
  }
  return lines;
}

bool EndsWithAny(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](auto end) { return text.ends_with(end); });
}

/// Without the quotes, brackets and emphasis that may close a sentence after its full stop.
std::string_view WithoutClosers(std::string_view text) {
  for (std::size_t before = 0; before != text.size();) {
    before = text.size();
    for (const std::string_view closer :
         {"\"", "'", "”", "’", "»", "›", ")", "]", "*", "_", "」", "』", "`"}) {
      if (text.ends_with(closer)) text.remove_suffix(closer.size());
    }
  }
  return text;
}

bool EndsSentence(std::string_view line) {
  return EndsWithAny(WithoutClosers(line), {".", "!", "?", "…", "。", "！", "？", "؟", "।", "．"});
}

bool IsListItem(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ")) return true;
  const auto digits = line.find_first_not_of("0123456789");
  return digits != std::string_view::npos && digits > 0 && digits <= 3 &&
         (line.substr(digits).starts_with(". ") || line.substr(digits).starts_with(") "));
}

/// Lines that are short, several, and mostly end without a full stop.
bool IsVerse(const std::vector<std::string_view>& lines) {
  std::size_t short_lines = 0, stops = 0;
  for (const std::string_view line : lines) {
    short_lines += CountWords(line) <= 12;
    stops += EndsSentence(line);
  }
  return lines.size() >= 4 && 10 * short_lines >= 8 * lines.size() && 2 * stops < lines.size();
}

/// "4.": the number of a list item that was never written.
bool IsBareItemNumber(std::string_view line) {
  const auto digits = line.find_first_not_of("0123456789");
  return (digits == 1 || digits == 2) && line.size() == digits + 1 &&
         (line[digits] == '.' || line[digits] == ')');
}

bool IsFinished(std::string_view text) {
  const auto lines = Lines(text);
  if (lines.empty()) return true;
  const std::string_view last = lines.back();
  if (lines.size() > 1 && IsBareItemNumber(last)) return false;
  if (EndsSentence(last) || last.starts_with("```")) return true;
  if (IsListItem(last) && lines.size() > 1) return !last.ends_with(',');
  if (last.starts_with('|') && last.ends_with('|')) return true;
  return IsVerse(lines);
}

/// "[Your Name]", "[insert date]": a blank of a form letter that nobody filled in. Brackets with
/// other words ("[laughs]", "[sic]", Markdown links) are the text's own.
bool HasUnfilledBlank(std::string_view text) {
  static constexpr std::array kBlanks = {"your ",     "insert ", "name",  "reader",
                                         "recipient", "date",    "title", "company",
                                         "address",   "sender",  "city",  "phone"};
  for (auto open = text.find('['); open != std::string_view::npos;
       open = text.find('[', open + 1)) {
    const auto close = text.find(']', open);
    if (close == std::string_view::npos || close - open > 40) continue;
    if (close + 1 < text.size() && text[close + 1] == '(') continue;
    std::string inside(text.substr(open + 1, close - open - 1));
    std::ranges::transform(inside, inside.begin(), [](char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    if (std::ranges::any_of(kBlanks,
                            [&](const char* blank) { return inside.starts_with(blank); })) {
      return true;
    }
  }
  return false;
}

/// A model declines at the beginning, or gives up at the end. A mild refusal counts in a short text
/// or as the last words; what a narrator says in between is the story's.
bool Refuses(std::string_view text, int words) {
  const auto sentences = Sentences(text);
  constexpr std::size_t kEdge = 2;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const bool first = i < kEdge, last = i + kEdge >= sentences.size();
    if (!first && !last) continue;
    if (IsRefusal(sentences[i]) && (words < 150 || last || i == 0)) return true;
  }
  return false;
}

/// Talk about the text that no line break or colon parts from it.
bool HasPreface(std::string_view text, std::string_view noun) {
  const auto sentences = Sentences(text);
  if (sentences.empty()) return false;
  const auto paragraphs = Paragraphs(text);
  return IsPureAnnouncement(sentences.front(), noun) ||
         (IsAnnouncement(sentences.front(), noun) && CountWords(sentences.front()) <= 25) ||
         (paragraphs.size() > 1 && IsNote(paragraphs.back(), noun));
}

}  // namespace

GateLimits LimitsOf(const core::Brief& brief, std::string noun) {
  GateLimits limits;
  limits.min_words = brief.min_words;
  limits.max_words = brief.max_words;
  limits.noun = std::move(noun);
  return limits;
}

GateResult CheckDraft(std::string_view raw, const GateLimits& limits) {
  GateResult result;
  result.text = CleanDraft(raw, limits.noun);
  result.words = CountWords(result.text);
  const auto reason = [&result](bool applies, const char* name) {
    if (applies) result.reasons.emplace_back(name);
  };
  if (result.text.empty()) {
    reason(true, "empty");
  } else {
    const std::string_view text = result.text;
    reason(Refuses(text, result.words), "refusal");
    reason(HasPreface(text, limits.noun), "preface");
    reason(IsGarbage(text), "garbage");
    reason(IsRepetitive(text), "repetition");
    reason(result.words < limits.min_words, "too_short");
    reason(limits.max_words > 0 && result.words > limits.max_words, "too_long");
    reason(!IsFinished(text) || HasUnfilledBlank(text), "unfinished");
  }
  result.ok = result.reasons.empty();
  return result;
}

}  // namespace redraft::text
