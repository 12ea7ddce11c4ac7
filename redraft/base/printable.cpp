#include "redraft/base/printable.h"

namespace redraft {

std::string Printable(std::string_view text, bool keep_lines) {
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = keep_lines && (c == '\n' || c == '\t');
    const bool c1 = byte >= 0x80 && byte < 0xA0 && shown.ends_with('\xC2');  // U+0080 to U+009F
    if (c1) shown.pop_back();
    shown += ((byte < 0x20 || byte == 0x7F) && !kept) || c1 ? ' ' : c;
  }
  return shown;
}

}  // namespace redraft
