// The reader of reward servers' replies takes any bytes; a score is a finite number.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/llm/reward_format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  redraft::core::Request request;
  request.kind = redraft::core::RequestKind::kScore;
  request.text = "A text.";
  const auto reply = redraft::llm::ParseScore(request, body);
  if (!reply) return 0;
  REDRAFT_CHECK(reply->score.has_value() && std::isfinite(*reply->score));
  REDRAFT_CHECK(reply->usage.tokens_in >= 0);
  return 0;
}
