// The readers of servers' replies take any bytes; tokens are counted sanely, and what is quoted
// of a refusal is one printable line.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/llm/anthropic_format.h"
#include "redraft/llm/openai_format.h"
#include "redraft/llm/server_error.h"

namespace {

void Read(const redraft::llm::WireFormat& format, std::string_view body) {
  redraft::core::Request request;
  request.messages = {{"user", "hello"}};
  request.labels = {"A", "B"};
  request.text = "A text.";
  for (const auto kind :
       {redraft::core::RequestKind::kChat, redraft::core::RequestKind::kLabels,
        redraft::core::RequestKind::kLogLikelihood, redraft::core::RequestKind::kEmbedding}) {
    request.kind = kind;
    if (!format.Answers(kind)) continue;
    const auto choices = format.ParseChoices(request, body);
    REDRAFT_CHECK(!choices || !choices->empty());
    const auto reply = format.Parse(request, body);
    if (!reply) continue;
    const redraft::core::Usage& usage = reply->usage;
    REDRAFT_CHECK(usage.tokens_cached >= 0 && usage.tokens_out >= 0);
    REDRAFT_CHECK(usage.tokens_in >= usage.tokens_cached + usage.tokens_cache_written);
    for (const double p : reply->probs) REDRAFT_CHECK(p >= 0.0);
    for (const double p : reply->logprobs) REDRAFT_CHECK(p <= 0.0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  Read(*redraft::llm::OpenAiFormat("http://127.0.0.1/v1", "m"), body);
  Read(*redraft::llm::AnthropicFormat("http://127.0.0.1/v1", "m"), body);
  for (const char c : redraft::llm::ServerMessage(body, 200)) {
    REDRAFT_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  }
  redraft::llm::Dialect dialect;
  for (int steps = 0; dialect.Learn(body); ++steps) REDRAFT_CHECK(steps < 8);
  return 0;
}
