#pragma once

// A request on its way through the engine, checked and cut into tokens.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "redraft/core/request.h"
#include "redraft/gguf/generation.h"
#include "redraft/gguf/labels.h"
#include "redraft/gguf/model.h"

namespace redraft::gguf {

struct Task {
  core::Request request;
  std::function<void(Result<core::Reply>)> done;
  std::chrono::nanoseconds submitted{0};
  std::vector<Token> prompt;             ///< or the tokens of `text`
  std::optional<Generation> generation;  ///< kChat
  std::optional<LabelSet> labels;        ///< kLabels

  /// Wants the output of every token of its text instead of a reply.
  bool IsScoring() const {
    return request.kind == core::RequestKind::kLogLikelihood ||
           request.kind == core::RequestKind::kEmbedding;
  }
};
using TaskPtr = std::unique_ptr<Task>;

/// Fills in what follows from `task.request`, so that whatever is wrong with a request is said
/// before any computing. Errors: kInvalidArgument.
Status Prepare(const Model& model, int context, Task* task);

}  // namespace redraft::gguf
