#pragma once

// When a failed try is worth another one, and how long to wait before it.

#include <chrono>
#include <optional>

#include "redraft/base/random.h"
#include "redraft/base/result.h"

namespace redraft::llm {

struct RetryPolicy {
  int max_tries = 4;
  std::chrono::milliseconds backoff{500};            ///< longest first wait; doubles per try
  std::chrono::milliseconds longest{30'000};         ///< the doubling ends here
  std::chrono::milliseconds longest_asked{300'000};  ///< an endpoint that asks for more is given up
};

/// The wait before the next try, after `tries` of them ended with `error`; none when it is final.
///
/// Only kRateLimited, kUnavailable and kMalformedReply are asked again. The wait is uniform in
/// [0, backoff * 2^(tries-1)] ("full jitter", Brooker 2015: clients that failed together do not
/// come back together), on top of what the endpoint asked for.
std::optional<std::chrono::nanoseconds> RetryDelay(const Error& error, int tries,
                                                   const RetryPolicy& policy, Rng jitter);

}  // namespace redraft::llm
