#include "redraft/text/codepoint.h"

namespace redraft::text {

std::int32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  if (lead < 0x80) return lead;
  const std::size_t extra = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || at + extra > text.size()) return kBadByte;
  std::int32_t value = lead & (0x3F >> extra);
  for (std::size_t i = 0; i < extra; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return kBadByte;
    value = (value << 6) | (byte(at + i) & 0x3F);
  }
  const bool overlong = (extra == 2 && value < 0x800) || (extra == 3 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return kBadByte;
  at += extra;
  return value;
}

void AppendCodePoint(std::string& text, std::int32_t c) {
  const auto put = [&text](std::int32_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
    return;
  }
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      put(0xE0 | (c >> 12));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
    }
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

}  // namespace redraft::text
