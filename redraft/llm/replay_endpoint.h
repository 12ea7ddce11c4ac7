#pragma once

// ReplayEndpoint: answers nothing. With it a run can only be what its ledger already holds.

#include <string>

#include "redraft/llm/endpoint.h"

namespace redraft::llm {

class ReplayEndpoint final : public Endpoint {
 public:
  /// Takes the requests of every model that no other endpoint has.
  explicit ReplayEndpoint(std::string run);

  const EndpointInfo& info() const override { return info_; }
  /// Fails with kConfig, naming the run, the request and its role.
  void Send(const core::Request& request, ReplyCallback done) override;
  void Cancel() override {}

 private:
  std::string run_;
  EndpointInfo info_;
};

}  // namespace redraft::llm
