#pragma once

// What the tokeniser asks of Unicode. The one door to ICU's character data in this module.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redraft::audit {

/// Version of the character data, e.g. "15.0"; every report carries it.
std::string UnicodeVersion();

/// L*, N* or `_`: what Python's \w takes.
bool IsWordCharacter(std::int32_t code_point);

/// L*, N* or M*: a letter with its marks, for the `clean` profile.
bool IsLetterOrMark(std::int32_t code_point);

/// A letter of a script that is written without spaces (Han, Kana, Thai, Lao, Khmer, Burmese).
bool IsUnspacedLetter(std::int32_t code_point);

/// Appends the lower case of the code point that starts at byte `at` of `text`, by the full mapping
/// of SpecialCasing (U+0130 grows to two code points; U+03A3 becomes the final sigma at the end of
/// a run of word characters).
void AppendLower(std::string& out, std::int32_t code_point, std::string_view text, std::size_t at);

/// One piece of NFKC: the code points that bytes [begin, end) of the source became.
struct NormalPiece {
  std::size_t begin = 0, end = 0;
  std::vector<std::int32_t> code_points;  ///< case-folded
};

/// The piece of `text` that starts at byte `at`: up to the next place where normalisation may be
/// cut. Invalid bytes become U+FFFD.
void NextNormalPiece(std::string_view text, std::size_t at, NormalPiece& piece);

}  // namespace redraft::audit
