#pragma once

// Text of others as it may be shown: a terminal obeys control characters.

#include <string>
#include <string_view>

namespace redraft {

/// The text with a space for each control character: U+0000 to U+001F, U+007F to U+009F. Line feeds
/// and tabs are kept if wanted. Bytes that are no UTF-8 stay.
std::string Printable(std::string_view text, bool keep_lines = false);

}  // namespace redraft
