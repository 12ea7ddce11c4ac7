#pragma once

// UTF-8 one code point at a time, for scanners.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redraft::text {

/// What NextCodePoint returns for a byte that does not belong to well-formed UTF-8.
inline constexpr std::int32_t kBadByte = -1;

/// The code point at byte `at` (which must be inside `text`); `at` moves behind it.
std::int32_t NextCodePoint(std::string_view text, std::size_t& at);

/// Appends a code point as UTF-8.
void AppendCodePoint(std::string& text, std::int32_t code_point);

/// ASCII white space.
inline bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Without ASCII white space at both ends.
inline std::string_view TrimSpace(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace redraft::text
