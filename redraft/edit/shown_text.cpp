#include "redraft/edit/shown_text.h"

namespace redraft::edit {

std::string ShownText(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\r') {
      if (next != '\n') shown += '\n';
      continue;
    }
    shown += text[i];
    const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (text[i] == '<' && (letter || next == '/' || next == '|')) shown += ' ';
  }
  return shown;
}

}  // namespace redraft::edit
