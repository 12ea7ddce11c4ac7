#include "redraft/llm/embedded_endpoint.h"

#include <utility>

namespace redraft::llm {

Result<std::unique_ptr<EmbeddedEndpoint>> EmbeddedEndpoint::Open(const std::filesystem::path& path,
                                                                 const EmbeddedOptions& options) {
  REDRAFT_ASSIGN(std::shared_ptr<const gguf::Model> model, gguf::Model::Load(path));
  REDRAFT_ASSIGN(auto engine, gguf::Engine::Start(model, options));
  EndpointInfo info{.name = "embedded",
                    .model = options.model.empty() ? model->id() : options.model,
                    .embedded = true,
                    .labels = true,
                    .loglikelihood = true,
                    .embeddings = true,
                    .max_in_flight = 2 * options.sequences};
  return std::unique_ptr<EmbeddedEndpoint>(
      new EmbeddedEndpoint(std::move(info), std::move(engine)));
}

EmbeddedEndpoint::EmbeddedEndpoint(EndpointInfo info, std::unique_ptr<gguf::Engine> engine)
    : info_(std::move(info)), engine_(std::move(engine)) {}

void EmbeddedEndpoint::Send(const core::Request& request, ReplyCallback done) {
  engine_->Submit(request, std::move(done));
}

void EmbeddedEndpoint::Cancel() { engine_->Cancel(); }

}  // namespace redraft::llm
