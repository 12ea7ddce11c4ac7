#pragma once

// EmbeddedEndpoint: a GGUF model computed in this process by gguf::Engine. Answers every kind of
// request; tokens cost nothing.

#include <filesystem>
#include <memory>
#include <string>

#include "redraft/gguf/engine.h"
#include "redraft/llm/endpoint.h"

namespace redraft::llm {

struct EmbeddedOptions : gguf::EngineOptions {
  std::string model;  ///< Request::model to serve; empty: gguf::Model::id()
};

class EmbeddedEndpoint final : public Endpoint {
 public:
  /// Loads the model and starts its engine. Wants two requests in flight per sequence, so that
  /// whenever one ends the next is there, and those with a common prefix meet.
  /// Errors: kConfig for a file that is no usable model; see gguf::Engine::Start.
  static Result<std::unique_ptr<EmbeddedEndpoint>> Open(const std::filesystem::path& path,
                                                        const EmbeddedOptions& options = {});

  const EndpointInfo& info() const override { return info_; }
  void Send(const core::Request& request, ReplyCallback done) override;
  void Cancel() override;

  const gguf::Engine& engine() const { return *engine_; }

 private:
  EmbeddedEndpoint(EndpointInfo info, std::unique_ptr<gguf::Engine> engine);

  EndpointInfo info_;
  std::unique_ptr<gguf::Engine> engine_;
};

}  // namespace redraft::llm
