#include "redraft/llm/retry.h"

#include <algorithm>
#include <cmath>

namespace redraft::llm {

std::optional<std::chrono::nanoseconds> RetryDelay(const Error& error, int tries,
                                                   const RetryPolicy& policy, Rng jitter) {
  const bool passing = error.code == ErrorCode::kRateLimited ||
                       error.code == ErrorCode::kUnavailable ||
                       error.code == ErrorCode::kMalformedReply;
  if (!passing || tries >= policy.max_tries) return std::nullopt;
  using Seconds = std::chrono::duration<double>;
  const double asked = std::max(0.0, error.retry_after_s);
  if (asked > Seconds(policy.longest_asked).count()) return std::nullopt;
  const double ceiling = std::min(Seconds(policy.longest).count(),
                                  std::ldexp(Seconds(policy.backoff).count(), tries - 1));
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      Seconds(asked + ceiling * jitter.Uniform()));
}

}  // namespace redraft::llm
