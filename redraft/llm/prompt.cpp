#include "redraft/llm/prompt.h"

#include "redraft/base/assets.h"
#include "redraft/base/hash.h"
#include "redraft/gguf/template.h"

namespace redraft::llm {
namespace {

constexpr std::string_view kMark = "=== ";

Result<std::string_view> PromptFile(const std::string& name) {
  return FindAsset("prompts/" + name + ".md");
}

std::string Trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
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
    Result<std::string> text = gguf::Render(body, values);
    if (!text) return Fail(std::move(text).error().Within("prompt " + name));
    messages.push_back({role, Trim(*text)});
    at = next == std::string_view::npos ? next : next + 1;
  }
  return messages;
}

Result<std::string> PromptSha256(const std::string& name) {
  REDRAFT_ASSIGN(const std::string_view file, PromptFile(name));
  return Sha256Hex(file);
}

}  // namespace redraft::llm
