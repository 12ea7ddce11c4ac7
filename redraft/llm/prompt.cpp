#include "redraft/llm/prompt.h"

#include <algorithm>

#include "redraft/base/assets.h"
#include "redraft/base/hash.h"
#include "redraft/gguf/template.h"

namespace redraft::llm {
namespace {

constexpr std::string_view kMark = "=== ";
constexpr std::string_view kSharedEnd = "{# shared until here #}";

Result<std::string_view> PromptFile(const std::string& name) {
  return FindAsset("prompts/" + name + ".md");
}

constexpr const char* kSpace = " \t\r\n";

std::string TrimStart(const std::string& text) {
  return text.substr(std::min(text.size(), text.find_first_not_of(kSpace)));
}

std::string Trim(const std::string& text) {
  const std::string rest = TrimStart(text);
  return rest.substr(0, rest.find_last_not_of(kSpace) + 1);
}

}  // namespace

Result<std::vector<core::Message>> RenderPrompt(const std::string& name, const Json& values) {
  REDRAFT_ASSIGN(const std::string_view file, PromptFile(name));
  std::vector<core::Message> messages;
  // The parts are split before rendering, so that no inserted text can start a part of its own.
  for (std::size_t at = file.find(kMark); at != std::string_view::npos;) {
    const std::size_t line_end = file.find('\n', at);
    const std::size_t next = file.find("\n" + std::string(kMark), line_end);
    const std::string role(file.substr(at + kMark.size(), line_end - at - kMark.size()));
    const std::string_view body =
        file.substr(line_end + 1, next == std::string_view::npos ? next : next - line_end);
    const std::size_t shared_end = std::min(body.find(kSharedEnd), body.size());
    Result<std::string> shared = gguf::Render(body.substr(0, shared_end), values);
    if (!shared) return Fail(std::move(shared).error().Within("prompt " + name));
    core::Message message{.role = role, .content = std::move(*shared)};
    if (shared_end < body.size()) {
      message.content = TrimStart(message.content);
      message.shared_bytes = message.content.size();
      Result<std::string> rest = gguf::Render(body.substr(shared_end + kSharedEnd.size()), values);
      if (!rest) return Fail(std::move(rest).error().Within("prompt " + name));
      message.content += *rest;
    }
    message.content = Trim(message.content);
    messages.push_back(std::move(message));
    at = next == std::string_view::npos ? next : next + 1;
  }
  return messages;
}

Result<std::string> PromptSha256(const std::string& name) {
  REDRAFT_ASSIGN(const std::string_view file, PromptFile(name));
  return Sha256Hex(file);
}

}  // namespace redraft::llm
