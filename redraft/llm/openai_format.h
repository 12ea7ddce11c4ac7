#pragma once

// The OpenAI chat completions format, as values in and bytes out: what vLLM, SGLang, llama-server,
// Ollama, DeepSeek, Gemini and OpenAI itself read and write. No I/O.
//
// Format  POST <base>/chat/completions. Sent: model, messages, temperature and max_tokens always;
//         top_p, min_p, top_k, repetition_penalty, dry_multiplier, seed, stop and grammar only when
//         they are set, because servers refuse fields they do not know; a schema goes into
//         response_format. LengthControl is not sent.
//         Label requests ask for one token with the 20 likeliest first tokens.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/request.h"

namespace redraft::llm {

/// The address that chat requests go to. The base may end with a slash or not, and with
/// "/chat/completions" or not; "/v1" is added when the base has no path.
/// Errors: kConfig when it is not an http or https URL.
Result<std::string> ChatUrl(std::string_view base_url);

/// The body of a kChat or kLabels request.
std::string ChatBody(const core::Request& request);

/// Reads the body of a 200 response. Usage that the server does not state is estimated at one token
/// per four bytes.
/// Errors: kMalformedReply (not JSON, no choices, no text); kRefused when a label request got no
/// log-probabilities.
Result<core::Reply> ParseChat(const core::Request& request, std::string_view body);

/// The beginning of what a server sent, as one printable line: its own words, that is
/// "error.message", "error", "message" or "detail" of a JSON body, else the body. Bytes that are
/// not UTF-8 become U+FFFD.
std::string ServerMessage(std::string_view body, std::size_t most_chars);

/// What any other response means. `message` quotes at most 200 characters of the server's own.
///   401, 403 → kUnauthenticated · 408, 409, 5xx → kUnavailable · 429 → kRateLimited, or kRefused
///   when the quota is used up · everything else → kRefused
Error ParseError(int status, std::string_view body);

/// Mass of each label among the likeliest first tokens. A token belongs to a label when, without
/// white space around it, markers of a word start, case and a closing '.', ')', ':' or ',', it
/// equals the label or begins it and no other label: "A", " a", "A." and "▁A" are all "A".
std::vector<double> LabelShares(
    const std::vector<std::string>& labels,
    const std::vector<std::pair<std::string, double>>& tokens_with_logprob);

}  // namespace redraft::llm
