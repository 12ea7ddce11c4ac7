#pragma once

// Endpoint: anything that answers requests. A server behind HTTP, a model in this process, a
// recording, a script.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "redraft/base/check.h"
#include "redraft/base/result.h"
#include "redraft/core/request.h"

namespace redraft::llm {

/// What a million tokens cost, in one currency.
struct Prices {
  double in = 0.0;
  double out = 0.0;
  std::optional<double> cache_read;   ///< prompt tokens that the server had kept; absent: as `in`
  std::optional<double> cache_write;  ///< prompt tokens that it keeps from now on; absent: as `in`
  bool known() const { return in + out > 0.0; }
};

/// What an endpoint is called, which requests it takes, and what its tokens cost.
struct EndpointInfo {
  std::string name;   ///< as the user knows it, for messages: "local", "embedded"
  std::string model;  ///< takes requests with this Request::model; empty: those no other one takes
  bool embedded = false;       ///< runs in this process: nothing paid is lost by cancelling it
  bool chat = true;            ///< answers RequestKind::kChat
  bool labels = false;         ///< answers RequestKind::kLabels
  bool loglikelihood = false;  ///< answers RequestKind::kLogLikelihood
  bool embeddings = false;     ///< answers RequestKind::kEmbedding
  bool scores = false;         ///< answers RequestKind::kScore
  int max_in_flight = 0;       ///< most requests it wants at a time; 0: no limit of its own
  int max_choices = 1;         ///< most chat replies of one call; above 1 it has SendChoices
  Prices prices;

  bool Answers(core::RequestKind kind) const {
    switch (kind) {
      case core::RequestKind::kChat:
        return chat;
      case core::RequestKind::kLabels:
        return labels;
      case core::RequestKind::kLogLikelihood:
        return loglikelihood;
      case core::RequestKind::kEmbedding:
        return embeddings;
      case core::RequestKind::kScore:
        return scores;
    }
    return false;
  }
};

/// Receives the outcome of one request.
using ReplyCallback = std::function<void(Result<core::Reply>)>;
/// Receives the choices of one call: as many as were asked for, or fewer.
using ChoicesCallback = std::function<void(Result<std::vector<core::Reply>>)>;

/// One try at a request per Send; repeating, limits, budgets and the ledger are the Client's.
///
/// Threads  Send and Cancel are called by one thread; `done` runs on any thread, also inside Send.
/// Errors   kUnavailable, kRateLimited and kMalformedReply may go away when asked again; every
///          other code is final.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  /// The same for the endpoint's whole life.
  virtual const EndpointInfo& info() const = 0;
  /// Starts one try and calls `done` exactly once. Reply::usage::cost is left to the Client, unless
  /// the price is not info's (a pool's members differ).
  virtual void Send(const core::Request& request, ReplyCallback done) = 0;
  /// The same for `choices` replies to one chat request, at most info().max_choices. The usage of
  /// the call is that of its replies together.
  virtual void SendChoices(const core::Request&, int /*choices*/, ChoicesCallback) {
    REDRAFT_CHECK(false);  // info() promises what is not there
  }
  /// Makes the tries at this very object that are in flight finish soon, as Cancel does; what
  /// cannot be given up may go on.
  virtual void Abandon(const core::Request&) {}
  /// Makes everything in flight finish soon; what had no reply yet fails with kCancelled.
  virtual void Cancel() = 0;
  /// For so long nothing should be sent, because the limit of its rate is used up; 0: go on.
  /// Called by the thread that sends.
  virtual std::chrono::nanoseconds Rest() const { return {}; }
};

}  // namespace redraft::llm
