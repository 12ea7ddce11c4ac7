#include "redraft/judge/twin_text.h"

#include <algorithm>
#include <utility>

#include "redraft/reward/passage.h"
#include "redraft/text/codepoint.h"

namespace redraft::judge {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// Not punctuation, as far as ASCII goes: every byte beyond it counts as a letter's.
bool IsCore(char c) {
  return IsUpper(c) || IsLower(c) || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

}  // namespace

Pieces SentencesOf(std::string_view text) {
  const reward::Passage passage(text);
  Pieces pieces;
  const char* end = text.data();
  for (const reward::Sentence& sentence : passage.sentences()) {
    const char* begin = sentence.text.data();
    pieces.push_back({std::string(end, begin), std::string(sentence.text)});
    end = begin + sentence.text.size();
  }
  return pieces;
}

std::string Join(const Pieces& pieces) {
  std::string text;
  for (const Piece& piece : pieces) {
    if (piece.text.empty()) continue;
    if (!text.empty()) text += piece.gap.empty() ? " " : piece.gap;
    text += piece.text;
  }
  return text;
}

std::vector<Token> TokensOf(std::string_view text) {
  std::vector<Token> tokens;
  bool opens = true;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && text::IsSpace(text[at])) opens |= text[at++] == '\n';
    const std::size_t first = at;
    while (at < text.size() && !text::IsSpace(text[at])) ++at;
    Token token{first, at, opens, false, {}};
    while (token.begin < at && !IsCore(text[token.begin])) ++token.begin;
    while (token.end > token.begin && !IsCore(text[token.end - 1])) --token.end;
    if (token.begin == token.end) continue;
    token.opens |= token.begin > first;
    token.closes = token.end < at || at == text.size() || text[at] == '\n';
    opens = text.substr(token.end, at - token.end).find_first_of(".!?:") != std::string_view::npos;
    for (std::size_t i = token.begin; i < token.end; ++i) {
      token.lower += Lower(text[i]);
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::string Apply(std::string text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Edit& x, const Edit& y) { return x.begin > y.begin; });
  for (const Edit& edit : edits) text.replace(edit.begin, edit.end - edit.begin, edit.text);
  return text;
}

std::string Capitalised(std::string_view like, std::string word) {
  if (IsUpper(like.front()) && IsLower(word.front())) {
    word.front() = static_cast<char>(word.front() - 'a' + 'A');
  }
  return word;
}

}  // namespace redraft::judge
