#include "redraft/llm/anthropic_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/llm/reply_members.h"
#include "redraft/llm/server_error.h"

namespace redraft::llm {
namespace {

constexpr const char* kVersion = "2023-06-01";
constexpr const char* kReplyTool = "reply";
/// 1,024 tokens at three bytes each, which is less than prose has.
constexpr std::size_t kLeastCachedBytes = 3'072;

Json TextBlock(std::string_view text, bool ends_prefix) {
  Json block = {{"type", "text"}, {"text", text}};
  if (ends_prefix) block["cache_control"] = {{"type", "ephemeral"}};
  return block;
}

/// Splits the prompt where what many requests share ends.
class Blocks {
 public:
  void Add(const core::Message& message, Json& blocks) {
    const std::size_t shared = message.role == "system"
                                   ? message.content.size()
                                   : std::min(message.shared_bytes, message.content.size());
    const std::string_view content = message.content;
    bytes_ += shared;
    if (shared > 0) blocks.push_back(TextBlock(content.substr(0, shared), EndsPrefix()));
    if (shared < content.size()) blocks.push_back(TextBlock(content.substr(shared), false));
    if (shared < content.size()) stable_ = false;
  }

 private:
  bool EndsPrefix() {
    constexpr int kMostMarks = 4;  // of the API
    if (!stable_ || bytes_ < kLeastCachedBytes || marks_ == kMostMarks) return false;
    ++marks_;
    return true;
  }

  std::size_t bytes_ = 0;  // of the prefix so far
  bool stable_ = true;     // nothing of one request alone came yet
  int marks_ = 0;
};

core::Usage UsageOf(const Json& reply, const core::Request& request, const std::string& text) {
  std::size_t prompt_bytes = 0;
  for (const core::Message& message : request.messages) prompt_bytes += message.content.size();
  const Json* usage = Member(reply, "usage");
  const auto cached = TokenCount(usage, "cache_read_input_tokens", 0);
  const auto written = TokenCount(usage, "cache_creation_input_tokens", 0);
  return {.tokens_in =
              TokenCount(usage, "input_tokens", EstimateTokens(prompt_bytes)) + cached + written,
          .tokens_out = TokenCount(usage, "output_tokens", EstimateTokens(text.size())),
          .tokens_cached = cached,
          .tokens_cache_written = written};
}

std::string Finish(const std::string& stop_reason) {
  if (stop_reason == "end_turn" || stop_reason == "stop_sequence" || stop_reason == "tool_use") {
    return "stop";
  }
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded") {
    return "length";
  }
  return stop_reason == "refusal" ? "content_filter" : stop_reason;
}

class Format final : public WireFormat {
 public:
  Format(std::string base, std::string model) : base_(std::move(base)), model_(std::move(model)) {}
  bool Answers(core::RequestKind kind) const override { return kind == core::RequestKind::kChat; }
  std::string Url(core::RequestKind) const override { return base_ + "/messages"; }
  std::string ModelsUrl() const override { return base_ + "/models?limit=1000"; }
  std::vector<std::string> Headers(const std::string& key) const override {
    std::vector<std::string> headers = {fmt::format("anthropic-version: {}", kVersion)};
    if (!key.empty()) headers.push_back("x-api-key: " + key);
    return headers;
  }
  std::string Body(const core::Request& request, const Dialect& dialect, int) const override {
    return MessagesBody(request, model_, dialect);
  }
  Result<core::Reply> Parse(const core::Request& request, std::string_view body) const override {
    return ParseMessages(request, body);
  }

 private:
  std::string base_, model_;
};

}  // namespace

std::unique_ptr<WireFormat> AnthropicFormat(std::string base, std::string model) {
  return std::make_unique<Format>(std::move(base), std::move(model));
}

std::string MessagesBody(const core::Request& request, const std::string& model,
                         const Dialect& dialect) {
  Blocks split;
  Json system = Json::array();
  Json messages = Json::array();
  for (const core::Message& message : request.messages) {
    if (message.role == "system") split.Add(message, system);
  }
  for (const core::Message& message : request.messages) {
    if (message.role == "system") continue;
    Json content = Json::array();
    split.Add(message, content);
    messages.push_back({{"role", message.role}, {"content", std::move(content)}});
  }
  Json body = {{"model", model}, {"max_tokens", request.max_tokens}};
  if (!request.schema.is_null()) {
    body["tools"] = {{{"name", kReplyTool},
                      {"description", "Gives the reply."},
                      {"input_schema", request.schema}}};
    body["tool_choice"] = {{"type", "tool"}, {"name", kReplyTool}};
  }
  if (!system.empty()) body["system"] = std::move(system);
  body["messages"] = std::move(messages);
  const core::Sampling unset;
  const core::Sampling& sampling = request.sampling;
  if (dialect.sampling) {
    body["temperature"] = std::min(1.0, sampling.temperature);
    if (sampling.top_p != unset.top_p) body["top_p"] = sampling.top_p;
    if (sampling.top_k != unset.top_k) body["top_k"] = sampling.top_k;
  }
  if (!request.stop.empty()) body["stop_sequences"] = request.stop;
  return DumpJson(body);
}

Result<core::Reply> ParseMessages(const core::Request& request, std::string_view body) {
  REDRAFT_ASSIGN(const Json json, ReplyJson(body));
  const Json* content = Member(json, "content");
  if (content == nullptr || !content->is_array()) {
    return Fail(ErrorCode::kMalformedReply, "the reply holds no content");
  }
  core::Reply reply;
  reply.model = StringMember(json, "model");
  reply.finish = Finish(StringMember(json, "stop_reason"));
  bool has_text = false;
  for (const Json& block : *content) {
    const std::string type = StringMember(block, "type");
    const Json* input = Member(block, "input");
    if (type == "text") {
      has_text = true;
      reply.text += StringMember(block, "text");
    } else if (type == "tool_use" && input != nullptr && !request.schema.is_null()) {
      has_text = true;
      reply.text = DumpJson(*input);
      break;
    }
  }
  if (!has_text && reply.finish != "content_filter") {
    return Fail(ErrorCode::kMalformedReply,
                fmt::format("the reply's content holds no text (stop reason '{}'); a larger "
                            "max_tokens may help",
                            OneLine(StringMember(json, "stop_reason"))));
  }
  reply.usage = UsageOf(json, request, reply.text);
  return reply;
}

}  // namespace redraft::llm
