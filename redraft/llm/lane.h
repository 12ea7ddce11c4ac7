#pragma once

// The requests of one endpoint on their way: those that wait for room, and the tries in flight.
// Internal to the client; used by the engine thread only.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "redraft/llm/adaptive_limit.h"
#include "redraft/llm/endpoint.h"
#include "redraft/llm/fair_queue.h"

namespace redraft::llm {

struct Lane;

/// Whom a reply is for.
struct Waiter {
  std::size_t job = 0;
  std::size_t slot = 0;  ///< which of the job's requests
};

/// A request that is not answered yet, or whose last try has not ended yet.
struct Task {
  core::Request request;  ///< with its key
  Lane* lane = nullptr;
  std::vector<Waiter> waiters;
  int tries = 0;      ///< sent so far
  int in_flight = 0;  ///< of them; two while a slow one is hedged
  bool answered = false;
  std::chrono::nanoseconds first_sent{0}, last_sent{0};
};

/// One try at a task.
struct Try {
  Task* task = nullptr;
  int number = 0;            ///< of the task's tries
  std::int64_t call = 0;     ///< as the lane's limit counts
  bool with_others = false;  ///< one of several choices of one call
  std::int64_t started_ms = 0;
  std::chrono::nanoseconds started{0};
  core::Usage held;  ///< of the budget
};

struct Lane {
  Endpoint* endpoint = nullptr;
  AdaptiveLimit* limit = nullptr;
  int in_flight = 0;
  bool choices_fail = false;  ///< several choices of one call do not come from this server
  FairQueue<Task*> ready;

  bool HasRoom() const {
    // An embedded engine says itself how many it can serve at a time.
    const EndpointInfo& info = endpoint->info();
    const int most = info.embedded && info.max_in_flight > 0 ? info.max_in_flight : limit->limit();
    return in_flight < most && endpoint->Rest() == std::chrono::nanoseconds(0);
  }

  /// How many requests may share a call that begins with `first`.
  std::size_t MostChoices(const core::Request& first) const {
    if (choices_fail || first.kind != core::RequestKind::kChat) return 1;
    return static_cast<std::size_t>(std::max(1, endpoint->info().max_choices));
  }

  void Heard(const Try& sent, const Result<core::Reply>& reply) {
    --in_flight;
    if (reply) return limit->Succeeded();
    if (reply.error().code == ErrorCode::kRateLimited) limit->Overloaded(sent.call);
    const bool unfit = reply.error().code == ErrorCode::kRefused ||
                       reply.error().code == ErrorCode::kMalformedReply;
    if (sent.with_others && unfit) choices_fail = true;
  }
};

}  // namespace redraft::llm
