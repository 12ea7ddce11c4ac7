#include "redraft/llm/replay_endpoint.h"

#include <fmt/format.h>

#include <utility>

namespace redraft::llm {

ReplayEndpoint::ReplayEndpoint(std::string run)
    : run_(std::move(run)),
      info_({.name = "replay",
             .embedded = true,
             .labels = true,
             .loglikelihood = true,
             .embeddings = true,
             .scores = true}) {}

void ReplayEndpoint::Send(const core::Request& request, ReplyCallback done) {
  done(Fail(ErrorCode::kConfig,
            fmt::format("run {} holds no reply for request {} (role {}); replay needs a finished "
                        "run",
                        run_, core::RequestKey(request).substr(0, 12), ToString(request.role))));
}

}  // namespace redraft::llm
