#pragma once

// A text as a model is shown it.

#include <string>
#include <string_view>

namespace redraft::edit {

/// `text` between the tags of a prompt: line breaks become "\n", and a space behind each "<" that
/// could begin or end a tag, or a "<|token|>" of a chat template, keeps it inside.
std::string ShownText(std::string_view text);

}  // namespace redraft::edit
