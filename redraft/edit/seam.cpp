#include "redraft/edit/seam.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "redraft/edit/protect.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/gates.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr auto kEndMarks =
    std::to_array<std::string_view>({".", ",", ";", ":", "!", "?", "…", "—", "–"});
constexpr auto kClosers =
    std::to_array<std::string_view>({"\"", "'", "”", "’", "»", ")", "]", "*", "_"});
constexpr auto kOpeners = std::to_array<std::string_view>({"\"", "'", "“", "‘", "«", "(", "["});
constexpr auto kLabels = std::to_array<std::string_view>(
    {"answer:", "replacement:", "rewrite:", "rewritten:", "revised:", "new:", "edited:"});

template <std::size_t kSize>
std::string_view SuffixAmong(const std::array<std::string_view, kSize>& all,
                             std::string_view text) {
  for (const std::string_view one : all) {
    if (text.ends_with(one)) return one;
  }
  return {};
}
template <std::size_t kSize>
std::string_view PrefixAmong(const std::array<std::string_view, kSize>& all,
                             std::string_view text) {
  for (const std::string_view one : all) {
    if (text.starts_with(one)) return one;
  }
  return {};
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsWordByte(char c) {
  return IsUpper(c) || IsLower(c) || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsTerminal(std::string_view mark) {
  return mark == "." || mark == "!" || mark == "?" || mark == "…";
}

/// Index of the first letter behind opening quotes and emphasis, or npos.
std::size_t FirstLetter(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view open = PrefixAmong(kOpeners, text.substr(at));
    if (!open.empty()) {
      at += open.size();
    } else if (text[at] == '*' || text[at] == '_') {
      ++at;
    } else {
      break;
    }
  }
  return at < text.size() && (IsUpper(text[at]) || IsLower(text[at])) ? at : std::string_view::npos;
}

std::string_view WithoutClosers(std::string_view text) {
  for (std::string_view close; !(close = SuffixAmong(kClosers, text)).empty();) {
    text.remove_suffix(close.size());
  }
  return text;
}

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Takes brackets, labels and further lines off.
std::string Answer(std::string_view reply, bool one_line) {
  std::string cleaned = text::CleanDraft(reply, "passage");
  const std::size_t open = cleaned.find("[[");
  const std::size_t close = open == std::string::npos ? open : cleaned.find("]]", open);
  if (close != std::string::npos) cleaned = cleaned.substr(open + 2, close - open - 2);
  cleaned = Replaced(Replaced(std::move(cleaned), "[[", ""), "]]", "");
  std::string_view answer = text::TrimSpace(cleaned);
  std::string start(answer.substr(0, 16));
  std::ranges::transform(start, start.begin(), [](unsigned char c) { return std::tolower(c); });
  answer.remove_prefix(PrefixAmong(kLabels, start).size());
  answer = text::TrimSpace(answer);
  if (one_line) answer = text::TrimSpace(answer.substr(0, answer.find('\n')));
  return std::string(answer);
}

/// Words at the end of `context` that are also the first of `words`: how many, at most; not those
/// that `span` begins with anyway.
std::size_t Repeated(const std::vector<std::string>& context, const std::vector<std::string>& words,
                     const std::vector<std::string>& span) {
  for (std::size_t k = std::min(context.size(), words.size() - 1); k > 0; --k) {
    if (!std::equal(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(k),
                    context.end() - static_cast<std::ptrdiff_t>(k))) {
      continue;
    }
    const bool own =
        span.size() >= k &&
        std::equal(span.begin(), span.begin() + static_cast<std::ptrdiff_t>(k), words.begin());
    if (!own) return k;
  }
  return 0;
}

std::vector<std::string> Normal(const std::vector<std::string_view>& words) {
  std::vector<std::string> normal;
  for (const std::string_view word : words) normal.push_back(text::Normalise(word));
  return normal;
}

std::vector<std::string> Backwards(std::vector<std::string> words) {
  std::ranges::reverse(words);
  return words;
}

}  // namespace

std::string_view EndMark(std::string_view text) {
  return SuffixAmong(kEndMarks, WithoutClosers(text::TrimSpace(text)));
}

bool BeginsSentence(std::string_view text, std::size_t at) {
  std::string_view before = text.substr(0, at);
  while (!before.empty()) {
    const char last = before.back();
    if (last == '\n' || last == '\r') return true;
    if (const std::string_view open = SuffixAmong(kOpeners, before); !open.empty()) {
      before.remove_suffix(open.size());
    } else if (text::IsSpace(last) || last == '*' || last == '_' || last == '#' || last == '>') {
      before.remove_suffix(1);
    } else {
      break;
    }
  }
  return before.empty() || IsTerminal(EndMark(before));
}

std::string InStyleOf(std::string_view text, std::string_view reply) {
  const auto has = [text](std::string_view what) { return text.find(what) != std::string::npos; };
  std::string styled(reply);
  const bool curly = has("“") || has("”"), straight = has("\"");
  if (straight && !curly) styled = Replaced(Replaced(std::move(styled), "“", "\""), "”", "\"");
  if (curly && !straight) {
    for (std::size_t at = styled.find('"'); at != std::string::npos; at = styled.find('"', at)) {
      const bool opens = at == 0 || text::IsSpace(styled[at - 1]) || styled[at - 1] == '(';
      styled.replace(at, 1, opens ? "“" : "”");
    }
  }
  const bool curved = has("’"), plain = has("'");
  if (plain && !curved) styled = Replaced(Replaced(std::move(styled), "‘", "'"), "’", "'");
  if (curved && !plain) {
    for (std::size_t at = styled.find('\''); at != std::string::npos;
         at = styled.find('\'', at + 1)) {
      if (at > 0 && IsWordByte(styled[at - 1])) styled.replace(at, 1, "’");
    }
  }
  styled = Replaced(std::move(styled), "\r\n", "\n");
  if (has("\r\n")) styled = Replaced(std::move(styled), "\n", "\r\n");
  return styled;
}

Seam::Seam(std::string_view text, core::WeakSpan span, const std::vector<std::string>& names)
    : text_(text), span_(std::move(span)), names_(names) {
  words_ = text.substr(span_.start, span_.end - span_.start);
  before_ = text.substr(0, span_.start);
  if (const auto line = before_.rfind('\n'); line != std::string_view::npos) {
    before_.remove_prefix(line + 1);
  }
  after_ = text.substr(span_.end);
  after_ = after_.substr(0, after_.find_first_of("\r\n"));
  begins_sentence_ = BeginsSentence(text, span_.start);
  const bool next = after_.empty() || !IsWordByte(after_.front());
  ends_sentence_ = IsTerminal(EndMark(words_)) && next;
}

core::Edit Seam::Fit(std::string_view reply) const {
  const bool one_line = words_.find('\n') == std::string_view::npos;
  std::string answer = Answer(reply, one_line);
  if (answer == "DELETE" || answer == "DELETE.") return Deletion();
  answer = WithoutContext(std::move(answer));
  if (text::CountWords(answer) == 0) return {span_, std::string(words_)};
  answer = InStyleOf(text_, answer);
  answer = Quoted(std::move(answer));
  answer = Punctuated(std::move(answer));
  answer = Capitalised(WithNames(std::move(answer)));
  const std::string_view inner = text::TrimSpace(words_);
  const auto lead = static_cast<std::size_t>(inner.data() - words_.data());
  return {span_, std::string(words_.substr(0, lead)) + answer +
                     std::string(words_.substr(lead + inner.size()))};
}

core::Edit Seam::Deletion() const {
  core::Edit edit{span_, ""};
  const auto space = [](char c) { return c == ' ' || c == '\t'; };
  std::size_t before = span_.start, after = span_.end;
  while (before > 0 && space(text_[before - 1])) --before;
  while (after < text_.size() && space(text_[after])) ++after;
  if (whole_sentences()) {
    const bool last = after == text_.size() || text_[after] == '\n' || text_[after] == '\r';
    if (!last) {
      edit.span.end = after;
    } else if (before > 0 && text_[before - 1] != '\n') {
      edit.span.start = before;
    }
    return edit;
  }
  // Inside a sentence: what is left must still have a beginning, and one space in the gap.
  if (begins_sentence_ || before == span_.start) return {span_, std::string(words_)};
  edit.span.start = before;
  return edit;
}

std::string Seam::WithoutContext(std::string reply) const {
  auto views = text::Words(reply);
  if (views.size() < 2) return reply;
  const auto span = Normal(text::Words(words_));
  std::string_view kept = reply;
  const std::size_t front = Repeated(Normal(text::Words(before_)), Normal(views), span);
  if (front > 0) {
    kept.remove_prefix(static_cast<std::size_t>(views[front].data() - reply.data()));
    views = text::Words(kept);
  }
  if (views.size() < 2) return std::string(kept);
  const std::size_t back =
      Repeated(Backwards(Normal(text::Words(after_))), Backwards(Normal(views)), Backwards(span));
  if (back > 0) {
    const std::string_view last = views[views.size() - 1 - back];
    kept = kept.substr(0, static_cast<std::size_t>(last.data() + last.size() - kept.data()));
  }
  return std::string(kept);
}

std::string Seam::Quoted(std::string reply) const {
  const std::string_view inner = text::TrimSpace(words_);
  const auto quote = [](std::string_view mark) {
    return mark == "\"" || mark == "“" || mark == "”" || mark == "«" || mark == "»";
  };
  const std::string_view open = PrefixAmong(kOpeners, inner), close = SuffixAmong(kClosers, inner);
  const std::string_view opened = PrefixAmong(kOpeners, reply);
  const std::string_view closed = SuffixAmong(kClosers, reply);
  // Marks around the whole that the span does not have are the model's own.
  if (quote(opened) && quote(closed) && !quote(open) && !quote(close) &&
      reply.size() > opened.size() + closed.size()) {
    return reply.substr(opened.size(), reply.size() - opened.size() - closed.size());
  }
  if (quote(open) && quote(close) && !quote(opened) && !quote(closed)) {
    return std::string(open) + Punctuated(std::move(reply)) + std::string(close);
  }
  return reply;
}

std::string Seam::Punctuated(std::string reply) const {
  const std::string_view wanted = EndMark(words_);
  std::string_view body = WithoutClosers(reply);
  std::string closers(std::string_view(reply).substr(body.size()));
  const std::string_view has = SuffixAmong(kEndMarks, body);
  if (wanted == has || (IsTerminal(wanted) && IsTerminal(has))) return reply;
  // A trailing-off or an interruption is a choice.
  if (wanted.empty() && (has == "…" || has == "—")) return reply;
  for (std::string_view mark; !(mark = SuffixAmong(kEndMarks, body)).empty();) {
    body.remove_suffix(mark.size());
  }
  // "word)" and "*word*" take the mark behind them, "word”" before.
  const bool outside =
      !closers.empty() &&
      SuffixAmong(std::to_array<std::string_view>({"\"", "'", "”", "’", "»"}), closers).empty();
  return outside ? std::string(body) + closers + std::string(wanted)
                 : std::string(body) + std::string(wanted) + closers;
}

std::string Seam::Capitalised(std::string reply) const {
  const std::size_t at = FirstLetter(reply), was = FirstLetter(text::TrimSpace(words_));
  if (at == std::string_view::npos) return reply;
  const bool upper_before = was != std::string_view::npos && IsUpper(text::TrimSpace(words_)[was]);
  if (begins_sentence_ && (upper_before || was == std::string_view::npos)) {
    reply[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(reply[at])));
    return reply;
  }
  if (upper_before || was == std::string_view::npos || !IsUpper(reply[at])) return reply;
  const std::string_view word = text::Words(reply).front();
  const bool is_i = word == "I" || word.starts_with("I'") || word.starts_with("I’");
  const bool acronym = word.size() > 1 && IsUpper(word[1]);
  const bool name = std::ranges::find(names_, WithoutPossessive(word)) != names_.end();
  if (!is_i && !acronym && !name) {
    reply[at] = static_cast<char>(std::tolower(static_cast<unsigned char>(reply[at])));
  }
  return reply;
}

std::string Seam::WithNames(std::string reply) const {
  std::vector<std::size_t> small;  // where a name begins that lost its capital
  for (const std::string_view word : text::Words(reply)) {
    const std::string_view plain = WithoutPossessive(word);
    for (const std::string& name : names_) {
      if (!IsUpper(name.front()) || plain.size() != name.size()) continue;
      std::string lowered = name;
      lowered[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
      if (plain != lowered) continue;
      const auto words = text::Words(text_);
      if (std::ranges::find(words, plain) != words.end()) continue;  // a word of its own, as "mark"
      small.push_back(static_cast<std::size_t>(word.data() - reply.data()));
    }
  }
  for (const std::size_t at : small) {
    reply[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(reply[at])));
  }
  return reply;
}

}  // namespace redraft::edit
