#pragma once

// Prompts are data: a file of prompts/ with a version, rendered with Jinja into chat messages.
//
// Format   A Jinja comment with the version, then parts that each start with a line
//          "=== system", "=== user" or "=== assistant". Values are inserted as they are (no HTML
//          escaping); a name that is not given is an error.

#include <string>
#include <vector>

#include "redraft/core/request.h"

namespace redraft::llm {

/// Renders the prompt file `name` ("write/draft" is prompts/write/draft.md).
/// The comment "{# shared until here #}" ends what is the same in many requests of a run
/// (Message::shared_bytes) and changes nothing of the text; no block may span it.
/// Errors: kNotFound for an unknown file, kInvalidArgument for a missing value.
Result<std::vector<core::Message>> RenderPrompt(const std::string& name, const Json& values);

/// SHA-256 of the prompt file, for manifests. Errors: kNotFound.
Result<std::string> PromptSha256(const std::string& name);

}  // namespace redraft::llm
