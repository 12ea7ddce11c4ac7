#include "redraft/gguf/length_control.h"

#include <algorithm>
#include <array>

namespace redraft::gguf {
namespace {

constexpr double kFirstChance = 0.25;
constexpr double kRoomWithoutMaximum = 1.25;

constexpr std::array<std::string_view, 11> kTitles = {"mr", "mrs", "ms",  "dr", "st", "prof",
                                                      "sr", "jr",  "rev", "vs", "mt"};

bool IsSpace(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x2028 || c == 0x2029 ||
         c == 0x3000;
}
bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }
bool IsAsciiLetter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsLetter(char32_t c) {
  return IsAsciiLetter(c) || (c >= 0xC0 && !(c >= 0x2000 && c <= 0x2BFF) &&
                              !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFF00 && c <= 0xFF0F));
}
bool IsDash(char32_t c) { return c == 0x2013 || c == 0x2014; }
bool IsTerminator(char32_t c) {
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 ||
         c == 0xFF1F;
}
bool IsCloser(char32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == '*' || c == '_' || c == 0x201D ||
         c == 0x2019 || c == 0xBB || c == 0x300D;
}

// Length of the UTF-8 character that starts with `lead`; 1 for a byte that starts none.
std::size_t CharacterLength(unsigned char lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  return lead >= 0xC0 ? 2 : 1;
}

char32_t Decode(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return lead;
  char32_t c = lead & (0xFFU >> (bytes.size() + 1));
  for (const char byte : bytes.substr(1)) c = (c << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
  return c;
}

}  // namespace

void LengthController::Append(std::string_view piece) {
  partial_ += piece;
  std::size_t at = 0;
  while (at < partial_.size()) {
    const std::size_t length = CharacterLength(static_cast<unsigned char>(partial_[at]));
    if (at + length > partial_.size()) break;
    OnCharacter(Decode(std::string_view(partial_).substr(at, length)), bytes_ + length);
    bytes_ += length;
    at += length;
  }
  partial_.erase(0, at);
}

void LengthController::OnCharacter(char32_t c, std::size_t end) {
  const char32_t before = previous_;
  previous_ = c;
  if (IsSpace(c)) {
    if (c == '\n' && before == '\n') {  // a paragraph ends: quotations may stay open across it
      quote_open_ = false;
      curly_depth_ = 0;
    }
    if (before == '.' && !ended_ && last_word_.empty()) ended_ = true;  // "in 1912. "
    word_counted_ = false;
    last_word_.clear();
    if (AtSentenceEnd() && MayEnd() && !Over()) sentence_end_ = text_end_;
    return;
  }
  if (IsDash(c) || (c == '-' && before == '-')) {
    word_counted_ = false;
    last_word_.clear();
  } else if (IsLetter(c) || IsDigit(c)) {
    if (!word_counted_) {
      word_counted_ = true;
      if (++words_ == limits_.max_words + 1) limit_end_ = text_end_;
    }
    if (IsAsciiLetter(c)) last_word_ += static_cast<char>(c | 0x20);
  }
  if (c == '"') quote_open_ = !quote_open_;
  if (c == 0x201C) ++curly_depth_;
  if (c == 0x201D) curly_depth_ = std::max(0, curly_depth_ - 1);

  if (IsTerminator(c)) {
    const bool initial = last_word_.size() == 1 && last_word_ != "i";
    const bool title = std::find(kTitles.begin(), kTitles.end(), last_word_) != kTitles.end();
    ended_ = c != '.' || !(IsDigit(before) || initial || title);
  } else if (!IsCloser(c)) {
    ended_ = false;
  }
  text_end_ = end;
  if (AtSentenceEnd() && MayEnd() && !Over()) sentence_end_ = text_end_;
}

double LengthController::EndChance() const {
  const double target = limits_.target_words;
  if (target <= 0 || words_ < target || !MayEnd() || !AtSentenceEnd()) return 0.0;
  const double maximum = limits_.max_words > 0 ? limits_.max_words : target * kRoomWithoutMaximum;
  if (maximum <= target) return 1.0;
  return std::min(1.0, kFirstChance + (1 - kFirstChance) * (words_ - target) / (maximum - target));
}

LengthController::Cut LengthController::CutHere() const {
  if (sentence_end_ > 0) return {sentence_end_, true};
  return {Over() ? limit_end_ : bytes_, false};
}

}  // namespace redraft::gguf
