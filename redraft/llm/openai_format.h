#pragma once

// The OpenAI format, as values in and bytes out: what vLLM, SGLang, llama-server, Ollama, DeepSeek,
// Gemini and OpenAI itself read and write. No I/O.
//
// Chat    POST <base>/chat/completions. Sent: model, messages, temperature and max_tokens always;
//         top_p, min_p, top_k, repetition_penalty, dry_multiplier, seed, stop and grammar only when
//         they are set, because servers refuse fields they do not know; a schema goes into
//         response_format; what the Dialect rules out stays away. LengthControl is not sent.
//         Label requests ask for one token with the likeliest first tokens.
// Text    POST <base>/completions with "echo": log-probabilities of the prompt's own tokens.
// Vector  POST <base>/embeddings.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/request.h"
#include "redraft/llm/wire_format.h"

namespace redraft::llm {

/// `base` as BaseUrl gives it.
std::unique_ptr<WireFormat> OpenAiFormat(std::string base, std::string model);

/// The body of a kChat or kLabels request to the model that the server calls `model`; of a kChat
/// request for so many `choices`.
std::string ChatBody(const core::Request& request, const std::string& model,
                     const Dialect& dialect = {}, int choices = 1);

/// Reads the body of a 200 response. Usage that the server does not state is estimated at one token
/// per four bytes.
/// Errors: kMalformedReply (not JSON, no choices, no text); kRefused when a label request got no
/// log-probabilities.
Result<core::Reply> ParseChat(const core::Request& request, std::string_view body);

/// Every choice of the response to a kChat request, in the order of their index. The first has the
/// prompt's tokens, and the written ones are divided by length. Errors: as ParseChat.
Result<std::vector<core::Reply>> ParseChatChoices(const core::Request& request,
                                                  std::string_view body);

/// Reads the reply to a kLogLikelihood request. The token that the server adds behind the text is
/// left out. Errors: as ParseChat.
Result<core::Reply> ParseEcho(const core::Request& request, std::string_view body);

/// Reads the reply to a kEmbedding request. Errors: kMalformedReply.
Result<core::Reply> ParseEmbedding(const core::Request& request, std::string_view body);

/// Mass of each label among the likeliest first tokens. A token belongs to a label when, without
/// white space around it, markers of a word start, case and a closing '.', ')', ':' or ',', it
/// equals the label or begins it and no other label: "A", " a", "A." and "▁A" are all "A".
std::vector<double> LabelShares(
    const std::vector<std::string>& labels,
    const std::vector<std::pair<std::string, double>>& tokens_with_logprob);

}  // namespace redraft::llm
