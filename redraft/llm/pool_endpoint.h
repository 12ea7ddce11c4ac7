#pragma once

// PoolEndpoint: several endpoints that answer for the same model, as one.
//
// Which   Requests that begin alike go to the same member, whose prompt cache then has their
//         beginning (weighted rendezvous hashing; Thaler & Ravishankar 1998). The beginning of a
//         judge's request is its rubric and the text shown first; of any other its first 2,048
//         bytes. A member that is full, resting or broken is passed over for the next in that
//         order.
// Broken  After five failures in a row a member gets nothing for 30 s, twice as long each time, but
//         at most five minutes; then one request tries it.
// Cost    Replies carry the price of the member that answered.

#include <memory>
#include <string>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/llm/endpoint.h"

namespace redraft::llm {

struct PoolMember {
  std::shared_ptr<Endpoint> endpoint;
  double weight = 1.0;  ///< > 0: its share of the requests
};

class PoolEndpoint final : public Endpoint {
 public:
  /// At least one member; all answer requests for `model`. `info` promises what every member does,
  /// at the highest of their prices.
  PoolEndpoint(std::string name, std::string model, std::vector<PoolMember> members,
               Clock* clock = &SystemClock());
  ~PoolEndpoint() override;

  const EndpointInfo& info() const override;
  void Send(const core::Request& request, ReplyCallback done) override;
  void Abandon(const core::Request& request) override;
  void Cancel() override;
  std::chrono::nanoseconds Rest() const override;

 private:
  struct State;
  std::shared_ptr<State> state_;  // outlives us in callbacks
};

}  // namespace redraft::llm
