#include "redraft/text/words.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

#include <limits>

#include "redraft/base/check.h"
#include "redraft/text/codepoint.h"

namespace redraft::text {
namespace {

enum class Kind : unsigned char { kSymbol, kSpace, kDash, kDot, kWord, kDictionary };

Kind KindOf(UChar32 c) {
  if (c < 0x80) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      return Kind::kWord;
    }
    if (c == ' ' || (c >= 0x09 && c <= 0x0D)) return Kind::kSpace;
    if (c == '-') return Kind::kDash;
    return c == '.' ? Kind::kDot : Kind::kSymbol;
  }
  if (c >= 0x2012 && c <= 0x2015) return Kind::kSpace;  // figure, en, em dash, bar: they part words
  if (c == 0x2026) return Kind::kSpace;                 // ellipsis
  if (u_isUWhiteSpace(c)) return Kind::kSpace;
  if (!u_isalnum(c) && u_charType(c) != U_NON_SPACING_MARK) return Kind::kSymbol;
  if (c < 0x0E00) return Kind::kWord;
  UErrorCode status = U_ZERO_ERROR;
  return uscript_breaksBetweenLetters(uscript_getScript(c, &status)) ? Kind::kDictionary
                                                                     : Kind::kWord;
}

/// Runs an ICU iterator over `text` and calls `piece` with the byte range of each segment.
template <class Body>
void ForEachSegment(icu::BreakIterator& iterator, std::string_view text, const Body& piece) {
  UErrorCode status = U_ZERO_ERROR;
  UText* view =
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status);
  iterator.setText(view, status);
  REDRAFT_CHECK(U_SUCCESS(status));
  std::int32_t begin = iterator.first();
  for (std::int32_t end = iterator.next(); end != icu::BreakIterator::DONE;
       begin = end, end = iterator.next()) {
    piece(static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
  }
  utext_close(view);
}

icu::BreakIterator& WordIterator() {
  thread_local const std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    REDRAFT_CHECK(U_SUCCESS(status));
    return made;
  }();
  return *iterator;
}

icu::BreakIterator& SentenceIterator() {
  thread_local const std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode status = U_ZERO_ERROR;
    // ss=standard: no break behind "Mr." and the like.
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createSentenceInstance(icu::Locale("en@ss=standard"), status));
    REDRAFT_CHECK(U_SUCCESS(status));
    return made;
  }();
  return *iterator;
}

/// Calls `emit` for each word of `text`; stops when it returns false.
template <class Emit>
void ForEachWord(std::string_view text, const Emit& emit) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::size_t first = kNone, last = 0;  // of the letters and digits of the current token
  bool dictionary = false;
  const auto flush = [&] {
    if (first == kNone) return true;
    const std::string_view word = text.substr(first, last - first);
    first = kNone;
    if (!dictionary) return emit(word);
    dictionary = false;
    bool more = true;
    ForEachSegment(WordIterator(), word, [&](std::size_t begin, std::size_t end) {
      std::size_t at = begin;
      if (more && KindOf(NextCodePoint(word, at)) >= Kind::kWord) {
        more = emit(word.substr(begin, end - begin));
      }
    });
    return more;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const Kind kind = KindOf(NextCodePoint(text, at));
    if (kind >= Kind::kWord) {
      if (first == kNone) first = begin;
      last = at;
      dictionary |= kind == Kind::kDictionary;
      continue;
    }
    // "--" and ".." part words as their typographic forms do; a single one may join.
    const bool doubled =
        (kind == Kind::kDash || kind == Kind::kDot) && begin > 0 && text[begin - 1] == text[begin];
    if ((kind == Kind::kSpace || doubled) && !flush()) return;
  }
  flush();
}

bool StartsLowerCase(std::string_view text) {
  std::size_t at = 0;
  return !text.empty() && u_islower(NextCodePoint(text, at));
}

}  // namespace

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  ForEachWord(text, [&](std::string_view word) {
    words.push_back(word);
    return true;
  });
  return words;
}

int CountWords(std::string_view text) {
  int count = 0;
  ForEachWord(text, [&](std::string_view) {
    ++count;
    return true;
  });
  return count;
}

std::string_view FirstWords(std::string_view text, int count) {
  std::size_t end = 0;
  ForEachWord(text, [&](std::string_view word) {
    if (count <= 0) return false;
    end = static_cast<std::size_t>(word.data() - text.data()) + word.size();
    return --count > 0;
  });
  return text.substr(0, end);
}

std::vector<std::string_view> Paragraphs(std::string_view text) {
  std::vector<std::string_view> paragraphs;
  std::size_t begin = 0;
  const auto add = [&](std::size_t end) {
    const std::string_view piece = TrimSpace(text.substr(begin, end - begin));
    if (!piece.empty()) paragraphs.push_back(piece);
  };
  for (std::size_t line = 0; line < text.size();) {
    std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) end = text.size();
    if (TrimSpace(text.substr(line, end - line)).empty()) {
      add(line);
      begin = end;
    }
    line = end + 1;
  }
  add(text.size());
  return paragraphs;
}

std::vector<std::string_view> Sentences(std::string_view text) {
  std::vector<std::string_view> sentences;
  for (const std::string_view paragraph : Paragraphs(text)) {
    std::string joined(paragraph);  // same offsets, line breaks as spaces
    for (char& c : joined) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    const std::size_t before = sentences.size();
    ForEachSegment(SentenceIterator(), joined, [&](std::size_t begin, std::size_t end) {
      const std::string_view piece = TrimSpace(paragraph.substr(begin, end - begin));
      if (piece.empty()) return;
      if (sentences.size() > before && StartsLowerCase(piece)) {  // `"Why?" she asked.`
        const char* start = sentences.back().data();
        sentences.back() = {start, static_cast<std::size_t>(piece.data() - start) + piece.size()};
        return;
      }
      sentences.push_back(piece);
    });
  }
  return sentences;
}

std::string Normalise(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachWord(text, [&](std::string_view word) {
    if (!out.empty()) out += ' ';
    for (std::size_t at = 0; at < word.size();) {
      const std::size_t begin = at;
      const UChar32 c = NextCodePoint(word, at);
      if (c < 0) {
        out += word.substr(begin, at - begin);
      } else if (c < 0x80) {
        out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
      } else if (c == 0x2019 || c == 0x02BC) {
        out += '\'';
      } else {
        AppendCodePoint(out, u_foldCase(c, U_FOLD_CASE_DEFAULT));
      }
    }
    return true;
  });
  return out;
}

}  // namespace redraft::text
