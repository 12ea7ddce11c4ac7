#include "redraft/audit/letters.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include "redraft/base/check.h"
#include "redraft/text/codepoint.h"

namespace redraft::audit {
namespace {

constexpr std::int32_t kReplacement = 0xFFFD;
constexpr std::int32_t kCapitalSigma = 0x3A3;
constexpr std::int32_t kSmallSigma = 0x3C3;
constexpr std::int32_t kFinalSigma = 0x3C2;
constexpr std::int32_t kCapitalIWithDot = 0x130;
constexpr std::int32_t kDotAbove = 0x307;

std::size_t PreviousStart(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

/// Unicode's Final_Sigma, looked at within the token alone, as lower-casing a token does.
bool IsFinalSigma(std::string_view text, std::size_t at) {
  bool cased_before = false;
  for (std::size_t i = at; i > 0;) {
    i = PreviousStart(text, i);
    std::size_t next = i;
    const std::int32_t c = text::NextCodePoint(text, next);
    if (c < 0 || !IsWordCharacter(c)) break;
    if (u_hasBinaryProperty(c, UCHAR_CASE_IGNORABLE)) continue;
    cased_before = u_hasBinaryProperty(c, UCHAR_CASED);
    break;
  }
  if (!cased_before) return false;
  std::size_t i = at;
  text::NextCodePoint(text, i);
  while (i < text.size()) {
    const std::int32_t c = text::NextCodePoint(text, i);
    if (c < 0 || !IsWordCharacter(c)) return true;
    if (u_hasBinaryProperty(c, UCHAR_CASE_IGNORABLE)) continue;
    return !u_hasBinaryProperty(c, UCHAR_CASED);
  }
  return true;
}

const icu::Normalizer2& Nfkc() {
  static const icu::Normalizer2* normaliser = [] {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* found = icu::Normalizer2::getNFKCCasefoldInstance(status);
    REDRAFT_CHECK(U_SUCCESS(status));
    return found;
  }();
  return *normaliser;
}

}  // namespace

std::string UnicodeVersion() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  return std::to_string(version[0]) + "." + std::to_string(version[1]);
}

bool IsWordCharacter(std::int32_t c) {
  return c == '_' || (U_MASK(u_charType(c)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool IsLetterOrMark(std::int32_t c) {
  return (U_MASK(u_charType(c)) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

bool IsUnspacedLetter(std::int32_t c) {
  if (c < 0x0E00) return false;
  UErrorCode status = U_ZERO_ERROR;
  return uscript_breaksBetweenLetters(uscript_getScript(c, &status)) && u_isalpha(c);
}

void AppendLower(std::string& out, std::int32_t c, std::string_view text, std::size_t at) {
  if (c == kCapitalIWithDot) {
    text::AppendCodePoint(out, 'i');
    text::AppendCodePoint(out, kDotAbove);
  } else if (c == kCapitalSigma) {
    text::AppendCodePoint(out, IsFinalSigma(text, at) ? kFinalSigma : kSmallSigma);
  } else {
    text::AppendCodePoint(out, u_tolower(c));
  }
}

void NextNormalPiece(std::string_view text, std::size_t at, NormalPiece& piece) {
  piece.begin = at;
  piece.code_points.clear();
  icu::UnicodeString source;
  std::size_t end = at;
  while (end < text.size()) {
    std::size_t next = end;
    std::int32_t c = text::NextCodePoint(text, next);
    if (c < 0) c = kReplacement;
    if (end != at && Nfkc().hasBoundaryBefore(c)) break;
    source.append(static_cast<UChar32>(c));
    end = next;
    // ASCII in front of ASCII is never joined: the common case needs no look at the tables.
    if (c < 0x80 && end < text.size() && static_cast<unsigned char>(text[end]) < 0x80) break;
  }
  piece.end = end;
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = Nfkc().normalize(source, status);
  for (int i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
    piece.code_points.push_back(normal.char32At(i));
  }
}

}  // namespace redraft::audit
