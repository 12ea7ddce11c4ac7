#pragma once

// The client: carries the requests of jobs to endpoints and hands the replies back, so that
// nothing is asked twice, nothing paid is lost, and no limit of the user's is passed.
//
// For each request, in this order: ledger (answered before: no call) → plan (durable) → budget →
// room at its endpoint, roles taking turns → send → retry → record → commit → job.
//
// Example:
//   llm::Client client(ledger, options);
//   client.AddEndpoint(endpoint);
//   REDRAFT_RETURN_IF_ERROR(client.Run(jobs));   // each job now holds its result
//
// Threads  all methods are called by one thread, the engine's, which also runs the jobs and the
//          log; endpoints answer on threads of their own.
// Order    replies reach a job when all requests of its step are answered; between jobs there is
//          no order. What must not depend on it belongs into a job or into the fold after Run.
// Choices  requests that wait one after the other and differ only in seed and replicate share a
//          call where the server returns several choices (EndpointInfo::max_choices).

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/base/result.h"
#include "redraft/core/job.h"
#include "redraft/core/reply_log.h"
#include "redraft/llm/adaptive_limit.h"
#include "redraft/llm/budget.h"
#include "redraft/llm/endpoint.h"

namespace redraft::llm {

struct ClientOptions {
  Budget budget;
  /// Most requests in flight at each endpoint that is not embedded; how many of them it is given is
  /// found by trying (AdaptiveLimit).
  int concurrency = 16;
  int max_tries = 4;                       ///< per request and session
  std::chrono::milliseconds backoff{500};  ///< first retry waits up to this; doubles, up to 30 s
  std::chrono::seconds deadline{3'600};    ///< of a request: no try begins later
  /// A request that a server has not answered for so long is sent once more, if there is room, and
  /// the first reply counts (Dean and Barroso 2013, "The Tail at Scale"); the other try is given
  /// up, and what it cost is not known. Absent: never.
  std::optional<std::chrono::milliseconds> hedge_after;
  /// Counts the user's interrupts, set by a signal handler; may be null. At 1 nothing more is sent,
  /// remote calls in flight finish and are committed, embedded ones are cancelled; at 2 all are.
  const std::atomic<int>* interrupts = nullptr;
  std::uint64_t seed = 0;  ///< of the jitter
  Clock* clock = &SystemClock();
};

/// How far Run has come.
struct Progress {
  std::size_t jobs_done = 0;
  std::size_t jobs_total = 0;
  int in_flight = 0;
  core::Spent spent;             ///< by the whole run, earlier sessions included
  std::int64_t from_ledger = 0;  ///< requests answered without a call, since the client was made
  BudgetAccount::Use budget;     ///< how near the nearest limit is
};

class Client {
 public:
  /// `log` must outlive the client.
  explicit Client(core::ReplyLog& log, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Serves requests whose model is info().model; a later endpoint with the same model replaces an
  /// earlier one. The endpoint must not be in use by another client while Run or Ask work.
  void AddEndpoint(std::shared_ptr<Endpoint> endpoint);

  /// Drives all jobs to their end at once. `on_progress` is called on this thread whenever replies
  /// arrived, and at least ten times a second. When Run returns nothing is in flight.
  ///
  /// Errors   every error comes after the replies in flight are committed, so running again asks
  ///          nothing twice: kBudgetExhausted; kCancelled; kConfig when no endpoint has the model
  ///          or the endpoint cannot answer such a request; an endpoint's final error, or its last
  ///          one after `max_tries`, a kMalformedReply as kUnavailable; the log's.
  Status Run(std::span<core::Job* const> jobs,
             const std::function<void(const Progress&)>& on_progress = {});

  /// Answers the requests, in order. Errors: as Run.
  Result<std::vector<core::Reply>> Ask(std::vector<core::Request> requests);

  /// What the run has consumed, earlier sessions included. Errors: the log's.
  Result<core::Spent> Total() const { return log_.Total(); }

 private:
  class Session;

  core::ReplyLog& log_;
  ClientOptions options_;
  std::map<std::string, std::shared_ptr<Endpoint>> endpoints_;  // by model
  std::map<std::string, AdaptiveLimit> limits_;                 // by model; what was found lasts
  BudgetAccount account_;
  bool account_begun_ = false;
  std::chrono::nanoseconds worked_{0};  // by earlier sessions, and earlier calls of Run and Ask
  std::int64_t from_ledger_ = 0;
};

}  // namespace redraft::llm
