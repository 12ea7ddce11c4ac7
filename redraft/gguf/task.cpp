#include "redraft/gguf/task.h"

#include <fmt/format.h>

namespace redraft::gguf {

Status Prepare(const Model& model, int context, Task* task) {
  const core::Request& request = task->request;
  int reply_tokens = 0;
  if (task->IsScoring()) {
    task->prompt = model.Tokenize(request.text);
  } else {
    REDRAFT_ASSIGN(task->prompt, model.TokenizeChat(request.messages));
  }
  if (request.kind == core::RequestKind::kChat) {
    REDRAFT_ASSIGN(Generation generation, Generation::Start(model, request));
    task->generation.emplace(std::move(generation));
    reply_tokens = request.max_tokens;
  } else if (request.kind == core::RequestKind::kLabels) {
    REDRAFT_ASSIGN(task->labels, LabelSet::Make(model, request.labels));
    reply_tokens = 1;
  }
  const std::size_t prompt = task->prompt.size();
  if (prompt == 0) return Fail(ErrorCode::kInvalidArgument, "the text is empty");
  if (prompt + static_cast<std::size_t>(reply_tokens) > static_cast<std::size_t>(context)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("prompt of {} tokens and reply of {} tokens do not fit into a context of "
                    "{} tokens; shorten the text, lower the reply's limit, or raise the context",
                    prompt, reply_tokens, context));
  }
  return Ok{};
}

}  // namespace redraft::gguf
