#pragma once

// Anthropic's Messages API (version 2023-06-01), as values in and bytes out. No I/O.
//
// Format   POST <base>/messages with the headers x-api-key and anthropic-version. System messages
//          go into "system"; max_tokens is required; a temperature over 1 is sent as 1. Seeds,
//          min_p, penalties and grammars do not exist there and are not sent. A schema becomes the
//          input of a tool that has to be called, and the tool's input the reply's text.
// Caching  "cache_control" ends each static prefix: the system text, and the part of a message that
//          many requests of a run share (Message::shared_bytes). A prefix shorter than the server's
//          least (1,024 tokens) is not marked: it would not be kept.
// Usage    tokens_in counts everything read: what was new, what came from the cache, what was
//          written to it.

#include <memory>
#include <string>
#include <string_view>

#include "redraft/llm/wire_format.h"

namespace redraft::llm {

/// Answers kChat alone: the API has no log-probabilities. `base` as BaseUrl gives it.
std::unique_ptr<WireFormat> AnthropicFormat(std::string base, std::string model);

/// The body of a kChat request to the model that the server calls `model`.
std::string MessagesBody(const core::Request& request, const std::string& model,
                         const Dialect& dialect = {});

/// Reads the body of a 200 response. finish: end_turn, stop_sequence and tool_use are "stop",
/// max_tokens and model_context_window_exceeded "length", refusal "content_filter".
/// Errors: kMalformedReply (not JSON, no content, no text in it).
Result<core::Reply> ParseMessages(const core::Request& request, std::string_view body);

}  // namespace redraft::llm
