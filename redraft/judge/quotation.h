#pragma once

// Texts to be judged are material from strangers: before a judge is shown one, whatever could end
// its quotation, speak as another party, or be taken for a verdict is broken up. The words stay.
//
//   * "<" never stands directly before anything but white space, nor do its look-alikes, so no tag
//     and no "<|im_end|>" can be formed; "[INST]" and its kind become "[ INST]"
//   * every kind of line break becomes a newline; other control characters, and the format
//     characters that are invisible or turn the writing direction, are left out
//   * a line that would be a verdict line is marked by a bar: "| WINNER: A"
//   * the key of a verdict in JSON becomes " winner"
//
// So a judge that copies a text word by word gives no verdict (verdict_parser.h,
// structured_verdict.h), and between the tags of a prompt stand exactly the texts.

#include <string>
#include <string_view>

namespace redraft::judge {

/// Doing it twice changes nothing more. Bytes that are no UTF-8 become U+FFFD.
std::string Quote(std::string_view text);

}  // namespace redraft::judge
