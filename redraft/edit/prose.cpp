#include "redraft/edit/prose.h"

#include <algorithm>
#include <array>

#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

enum class Kind : unsigned char {
  kOther,
  kLetter,
  kApostrophe,
  kHyphen,
  kComma,
  kClause,
  kQuote,
  kOpenQuote,
  kCloseQuote
};

constexpr std::array<Kind, 128> kAscii = [] {
  std::array<Kind, 128> kinds{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) kinds[c] = Kind::kLetter;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) kinds[c] = Kind::kLetter;
  for (unsigned char c = '0'; c <= '9'; ++c) kinds[c] = Kind::kLetter;
  kinds['\''] = Kind::kApostrophe;
  kinds['-'] = Kind::kHyphen;
  kinds[','] = Kind::kComma;
  kinds[';'] = kinds[':'] = kinds['('] = kinds[')'] = Kind::kClause;
  kinds['"'] = Kind::kQuote;
  return kinds;
}();

/// What stands at byte `at`, and how many bytes it takes.
Kind KindAt(std::string_view text, std::size_t at, std::size_t& length) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const auto continues = [text](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  length = 1;
  if (byte < 0x80) return kAscii[byte];
  if (byte == 0xC2) {  // no-break space, guillemets, signs: nothing that words are made of
    length = continues(at + 1) ? 2 : 1;
    return Kind::kOther;
  }
  if (byte != 0xE2 || !continues(at + 2) || text[at + 1] != '\x80') return Kind::kLetter;
  length = 3;
  switch (static_cast<unsigned char>(text[at + 2])) {
    case 0x93:  // en dash
    case 0x94:  // em dash
    case 0x95:
    case 0xA6:
      return Kind::kClause;  // ellipsis
    case 0x99:
      return Kind::kApostrophe;
    case 0x90:
    case 0x91:
      return Kind::kHyphen;
    case 0x9C:
      return Kind::kOpenQuote;
    case 0x9D:
      return Kind::kCloseQuote;
    default:
      return Kind::kOther;
  }
}

}  // namespace

Prose::Prose(std::string_view text) : text_(text) {
  folded_.reserve(text.size());  // no form is longer than what it was made from: views stay valid
  words_.reserve(text.size() / 5);
  const std::vector<Line> lines = MarkupLines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind != LineKind::kProse) continue;
    const std::size_t first = i;
    while (i + 1 < lines.size() && lines[i + 1].kind == LineKind::kProse &&
           lines[i + 1].body == lines[i + 1].start) {
      ++i;
    }
    ReadParagraph(lines[first].body, lines[i].end);
  }
  clause_ends_.resize(words_.size());
  for (std::size_t i = words_.size(); i-- > 0;) {
    const bool ends = i + 1 == words_.size() || words_[i + 1].gap >= Gap::kComma;
    clause_ends_[i] = ends ? i + 1 : clause_ends_[i + 1];
  }
}

void Prose::ReadParagraph(std::size_t start, std::size_t end) {
  speech_ = false;
  const std::size_t before = sentences_.size();
  for (const std::string_view sentence : text::Sentences(text_.substr(start, end - start))) {
    const auto at = static_cast<std::size_t>(sentence.data() - text_.data());
    ReadSentence(at, at + sentence.size());
  }
  if (sentences_.size() > before) {
    sentences_.back().ends_paragraph = true;
    ++paragraphs_;
  }
}

void Prose::ReadSentence(std::size_t start, std::size_t end) {
  Sentence sentence{start, end, words_.size(), words_.size(), paragraphs_};
  const std::string_view text = text_.substr(0, end);
  Gap gap = Gap::kStop;
  std::size_t spoken = 0;
  for (std::size_t at = start; at < end;) {
    std::size_t length = 1;
    const Kind kind = KindAt(text, at, length);
    switch (kind) {
      case Kind::kLetter: {
        Word word{at, at, {}, gap, speech_, text[at] >= 'A' && text[at] <= 'Z', sentences_.size()};
        const std::size_t form = folded_.size();
        while (at < end) {
          const Kind next = KindAt(text, at, length);
          if (next == Kind::kLetter) {
            const char c = text[at];
            folded_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            at += length;
            word.end = at;
            continue;
          }
          // Apostrophes and hyphens belong to a word if a letter follows.
          std::size_t after = 1;
          if ((next != Kind::kApostrophe && next != Kind::kHyphen) || at + length >= end ||
              KindAt(text, at + length, after) != Kind::kLetter) {
            break;
          }
          folded_ += next == Kind::kApostrophe ? '\'' : '-';
          at += length;
        }
        word.form = std::string_view(folded_).substr(form);
        spoken += word.spoken ? 1 : 0;
        words_.push_back(word);
        gap = Gap::kSpace;
        continue;
      }
      case Kind::kComma:
        gap = std::max(gap, Gap::kComma);
        break;
      case Kind::kClause:
        gap = std::max(gap, Gap::kClause);
        break;
      case Kind::kHyphen:  // "--"
        if (at + 1 < end && text[at + 1] == '-') gap = std::max(gap, Gap::kClause);
        break;
      case Kind::kQuote:
        speech_ = !speech_;
        gap = std::max(gap, Gap::kClause);
        break;
      case Kind::kOpenQuote:
      case Kind::kCloseQuote:
        speech_ = kind == Kind::kOpenQuote;
        gap = std::max(gap, Gap::kClause);
        break;
      default:
        break;
    }
    at += length;
  }
  sentence.last = words_.size();
  if (sentence.size() == 0) return;
  sentence.spoken = 2 * spoken > sentence.size();
  sentences_.push_back(sentence);
}

}  // namespace redraft::edit
