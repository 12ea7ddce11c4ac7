#pragma once

// Text that is not language: what a model writes at a temperature it cannot bear.

#include <string_view>

namespace redraft::text {

/// Whether `text`, or a stretch of it as long as a paragraph, is no prose in any language: salad of
/// words without the small words that join them, mashed keys, glued words, mixed scripts, template
/// tokens, markup, program code, base64, all capitals. Fenced and inline code, tables and links in
/// Markdown are left out of account.
bool IsGarbage(std::string_view text);

}  // namespace redraft::text
