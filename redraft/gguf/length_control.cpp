#include "redraft/gguf/length_control.h"

#include <algorithm>
#include <array>

#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::gguf {
namespace {

constexpr double kFirstChance = 0.25;
constexpr double kRoomWithoutMaximum = 1.25;

constexpr std::array<std::string_view, 11> kTitles = {"Mr", "Mrs", "Ms",  "Dr", "St", "Prof",
                                                      "Sr", "Jr",  "Rev", "vs", "Mt"};

bool IsSpace(std::int32_t c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0; }
bool IsDigit(std::int32_t c) { return c >= '0' && c <= '9'; }
bool IsTerminator(std::int32_t c) {
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 ||
         c == 0xFF1F;
}
bool IsCloser(std::int32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == '*' || c == '_' || c == 0x201D ||
         c == 0x2019 || c == 0xBB || c == 0x300D;
}

// Whether a full stop behind this run belongs to it: "Mr", "J" in "J. Hale", but not "I".
bool IsAbbreviation(std::string_view run) {
  run.remove_prefix(std::min(run.size(), run.find_first_not_of("\"'(*_")));
  if (run.size() == 1) return run[0] >= 'A' && run[0] <= 'Z' && run[0] != 'I';
  return std::find(kTitles.begin(), kTitles.end(), run) != kTitles.end();
}

// Bytes of the UTF-8 character that starts with `lead`; 1 for a byte that starts none.
std::size_t CharacterBytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

}  // namespace

void LengthController::Append(std::string_view piece) {
  partial_ += piece;
  const std::string_view bytes = partial_;
  std::size_t at = 0;
  while (at < bytes.size() && at + CharacterBytes(bytes[at]) <= bytes.size()) {
    const std::size_t begin = at;
    const std::int32_t c = text::NextCodePoint(bytes, at);
    bytes_ += at - begin;
    OnCharacter(c, bytes.substr(begin, at - begin));
  }
  partial_.erase(0, at);
  words_ = words_before_run_ + text::CountWords(run_);
}

void LengthController::OnCharacter(std::int32_t c, std::string_view bytes) {
  const std::int32_t before = previous_;
  previous_ = c;
  if (IsSpace(c)) {
    if (c == '\n' && before == '\n') {  // a quotation may stay open across paragraphs
      quote_open_ = false;
      curly_depth_ = 0;
    }
    ended_ = ended_ || digit_ended_;
    digit_ended_ = false;
    words_before_run_ += text::CountWords(run_);
    run_.clear();
  } else {
    if (c == '"') quote_open_ = !quote_open_;
    if (c == 0x201C) ++curly_depth_;
    if (c == 0x201D) curly_depth_ = std::max(0, curly_depth_ - 1);
    if (IsTerminator(c)) {
      digit_ended_ = c == '.' && IsDigit(before);
      ended_ = c != '.' || !(digit_ended_ || IsAbbreviation(run_));
    } else if (!IsCloser(c)) {
      ended_ = digit_ended_ = false;
    }
    run_ += bytes;
    text_end_ = bytes_;
  }
  if (!AtSentenceEnd() || text_end_ == sentence_end_) return;
  const int words = words_before_run_ + text::CountWords(run_);
  if (words >= limits_.min_words && (limits_.max_words == 0 || words <= limits_.max_words)) {
    sentence_end_ = text_end_;
  }
}

double LengthController::EndChance() const {
  const double target = limits_.target_words;
  if (target <= 0 || words_ < target || !MayEnd() || !AtSentenceEnd()) return 0.0;
  const double maximum = limits_.max_words > 0 ? limits_.max_words : target * kRoomWithoutMaximum;
  if (maximum <= target) return 1.0;
  return std::min(1.0, kFirstChance + (1 - kFirstChance) * (words_ - target) / (maximum - target));
}

LengthController::Cut LengthController::CutHere(std::string_view reply) const {
  if (sentence_end_ > 0) return {sentence_end_, true};
  if (!Over()) return {reply.size(), false};
  return {text::FirstWords(reply, limits_.max_words).size(), false};
}

}  // namespace redraft::gguf
