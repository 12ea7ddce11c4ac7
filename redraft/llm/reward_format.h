#pragma once

// What reward servers read and write, as values in and bytes out. No I/O.
//
// Format  POST to the address as given. To an address that ends with /classify, /pooling or
//         /embeddings, as vLLM and (under /v1) SGLang have them: {"model"?,"input": text}; to any
//         other:
//         {"model"?,"text": text}. The text is sent alone, without a prompt or a chat template.
//         Read is one number, from {"score":x}, or from the first element of a list or of its
//         "data": {"score"}, {"embedding":[x]}, {"data":x}, {"data":[x]}, {"data":[…,[x]]} (one per
//         token: the last), or {"probs"} of a classifier.
// Units   A score is taken as it is: logits of being the better text. Probabilities become
// log-odds:
//         of one class ln(p / (1 - p)), of two ln(p1 / p0), held within ±27.6 (1e-12).

#include <memory>
#include <string>
#include <string_view>

#include "redraft/base/result.h"
#include "redraft/core/request.h"
#include "redraft/llm/wire_format.h"

namespace redraft::llm {

/// `url` is the address to post to; `model` may be empty.
std::unique_ptr<WireFormat> RewardFormat(std::string url, std::string model);

/// The body of a kScore request; `model` may be empty.
std::string ScoreBody(std::string_view url, const std::string& model, const std::string& text);

/// Reads the body of a 200 response. Usage that the server does not state is estimated at one token
/// per four bytes. Errors: kMalformedReply (not JSON, no number in it); kRefused for a vector or
/// more than two classes: the model is no reward model.
Result<core::Reply> ParseScore(const core::Request& request, std::string_view body);

}  // namespace redraft::llm
