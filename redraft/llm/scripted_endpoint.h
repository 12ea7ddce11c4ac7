#pragma once

// ScriptedEndpoint: a function plays the model. The seam through which tests of every module, and
// offline demonstrations, run the whole program without one.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/llm/endpoint.h"

namespace redraft::llm {

/// The reply to a request, or the fault of this try; `number` is 1 for the first try at its key.
/// Called under a lock, so it need not be safe for threads.
using Script = std::function<Result<core::Reply>(const core::Request& request, int number)>;

struct ScriptedOptions {
  EndpointInfo info{
      .name = "script", .labels = true, .loglikelihood = true, .embeddings = true, .scores = true};
  /// Absent: each reply arrives inside Send. Set: replies arrive on another thread, picked at
  /// random among those in flight.
  std::optional<std::uint64_t> shuffle_seed;
};

class ScriptedEndpoint final : public Endpoint {
 public:
  explicit ScriptedEndpoint(Script script, ScriptedOptions options = {});
  ~ScriptedEndpoint() override;

  const EndpointInfo& info() const override { return options_.info; }
  void Send(const core::Request& request, ReplyCallback done) override;
  void Cancel() override;

  /// Tries so far; with a role, those of that role.
  int tries() const;
  int tries(core::Role role) const;

 private:
  void Deliver();

  Script script_;
  ScriptedOptions options_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::string, int> tries_by_key_;
  std::map<core::Role, int> tries_by_role_;
  std::vector<std::pair<Result<core::Reply>, ReplyCallback>> waiting_;  // for Deliver
  Rng order_;
  bool ending_ = false;
  std::thread deliverer_;
};

}  // namespace redraft::llm
