#pragma once

// A program as an endpoint, for `--judge exec:COMMAND`: started once through `sh -c`, kept open,
// one line in and one line out per request, one at a time, ended by end of input.
//
// Format   request  {"first":{"id","text"},"second":{"id","text"}}   (Request::text)
//          reply    {"logit":x}, x finite, positive when the first is better   (Reply::text)
// Threads  Send may be called from one thread; replies come from the endpoint's own.
// Errors   kUnavailable-like and final (kRefused) when the program dies, answers rubbish, or is
//          silent for 30 s: asking it again would not help. The message names the command.

#include <chrono>
#include <memory>
#include <string>

#include "redraft/llm/endpoint.h"

namespace redraft::llm {

class ExecEndpoint final : public Endpoint {
 public:
  /// `model` is what requests name ("exec:COMMAND"). The program starts with the first request.
  ExecEndpoint(std::string model, std::string command,
               std::chrono::milliseconds patience = std::chrono::seconds(30));
  ~ExecEndpoint() override;

  const EndpointInfo& info() const override;
  void Send(const core::Request& request, ReplyCallback done) override;
  void Cancel() override;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace redraft::llm
