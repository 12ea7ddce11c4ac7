#include "redraft/llm/openai_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "redraft/llm/reply_members.h"
#include "redraft/llm/server_error.h"

namespace redraft::llm {
namespace {

core::Usage UsageOf(const Json& reply, const core::Request& request, std::size_t written_bytes) {
  std::size_t prompt_bytes = request.text.size();
  for (const core::Message& message : request.messages) prompt_bytes += message.content.size();
  const Json* usage = Member(reply, "usage");
  const Json* details = usage == nullptr ? nullptr : Member(*usage, "prompt_tokens_details");
  const auto tokens_in = TokenCount(usage, "prompt_tokens", EstimateTokens(prompt_bytes));
  return {.tokens_in = tokens_in,
          .tokens_out = TokenCount(usage, "completion_tokens", EstimateTokens(written_bytes)),
          .tokens_cached = std::min(tokens_in, TokenCount(details, "cached_tokens", 0))};
}

std::string Normalised(std::string_view token) {
  for (const std::string_view marker : {"\u2581", "\u0120"}) {  // SentencePiece, byte-level BPE
    while (token.starts_with(marker)) token.remove_prefix(marker.size());
  }
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = token.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return "";
  token.remove_prefix(first);
  token.remove_suffix(token.size() - 1 - token.find_last_not_of(kSpace));
  if (token.size() > 1 && std::string_view(".):,").find(token.back()) != std::string_view::npos) {
    token.remove_suffix(1);
  }
  std::string lower(token);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

/// The first element of a list in the reply.
Result<Json> FirstOf(const Json& reply, const char* list) {
  const Json* elements = Member(reply, list);
  if (elements == nullptr || !elements->is_array() || elements->empty()) {
    return Fail(ErrorCode::kMalformedReply, fmt::format("the reply holds no {}", list));
  }
  return elements->front();
}

Result<core::Reply> ParseLabels(const core::Request& request, const Json& choice,
                                core::Reply reply) {
  const Json* logprobs = Member(choice, "logprobs");
  const Json* content = logprobs == nullptr ? nullptr : Member(*logprobs, "content");
  if (content == nullptr || !content->is_array() || content->empty()) {
    return Fail(ErrorCode::kRefused,
                fmt::format("model '{}' returned no log-probabilities, which judging by labels "
                            "needs; use a judge that answers in text",
                            request.model));
  }
  std::vector<std::pair<std::string, double>> tokens;
  const auto add = [&tokens](const Json& entry) {
    const Json* logprob = Member(entry, "logprob");
    std::string token = StringMember(entry, "token");
    const bool known = std::any_of(tokens.begin(), tokens.end(),
                                   [&](const auto& other) { return other.first == token; });
    if (logprob == nullptr || !logprob->is_number() || known) return;
    tokens.emplace_back(std::move(token), logprob->get<double>());
  };
  const Json& first = content->front();
  if (const Json* top = Member(first, "top_logprobs"); top != nullptr && top->is_array()) {
    for (const Json& entry : *top) add(entry);
  }
  add(first);  // the token itself may not be among the likeliest
  reply.probs = LabelShares(request.labels, tokens);
  const auto best = std::max_element(reply.probs.begin(), reply.probs.end());
  if (best != reply.probs.end()) {
    reply.text = request.labels[static_cast<std::size_t>(best - reply.probs.begin())];
  }
  return reply;
}

/// One choice of a response, without usage.
Result<core::Reply> ReadChoice(const core::Request& request, const Json& json, const Json& choice) {
  const auto malformed = [](std::string why) {
    return Fail(ErrorCode::kMalformedReply, std::move(why));
  };
  const Json* message = Member(choice, "message");
  if (message == nullptr) return malformed("the reply's first choice holds no message");
  core::Reply reply;
  reply.finish = StringMember(choice, "finish_reason");
  reply.model = StringMember(json, "model");
  reply.text = StringMember(*message, "content");
  const std::string refusal = StringMember(*message, "refusal");
  if (reply.text.empty()) reply.text = refusal;
  if (request.kind == core::RequestKind::kLabels) {
    return ParseLabels(request, choice, std::move(reply));
  }
  const bool has_text = Member(*message, "content") != nullptr || !refusal.empty();
  if (!has_text && reply.finish != "content_filter") {
    return malformed(Member(*message, "reasoning_content") != nullptr
                         ? fmt::format("the reply holds reasoning but no text (finish '{}'); a "
                                       "larger max_tokens may help",
                                       OneLine(reply.finish))
                         : "the reply's message holds no text");
  }
  return reply;
}

}  // namespace

std::string ChatBody(const core::Request& request, const std::string& model, const Dialect& dialect,
                     int choices) {
  Json body = {{"model", model}, {"messages", Json::array()}};
  for (const core::Message& message : request.messages) {
    body["messages"].push_back({{"role", message.role}, {"content", message.content}});
  }
  const char* limit = dialect.completion_limit ? "max_completion_tokens" : "max_tokens";
  if (request.kind == core::RequestKind::kLabels) {
    // At 1, servers which scale log-probabilities leave them alone.
    if (dialect.sampling) body["temperature"] = 1.0;
    body[limit] = 1;
    body["logprobs"] = true;
    body["top_logprobs"] = dialect.top_logprobs;
    return DumpJson(body);
  }
  const core::Sampling unset;
  const core::Sampling& sampling = request.sampling;
  if (dialect.sampling) body["temperature"] = sampling.temperature;
  body[limit] = request.max_tokens;
  if (choices > 1) body["n"] = choices;
  if (dialect.sampling && sampling.top_p != unset.top_p) body["top_p"] = sampling.top_p;
  if (sampling.min_p != unset.min_p) body["min_p"] = sampling.min_p;
  if (sampling.top_k != unset.top_k) body["top_k"] = sampling.top_k;
  if (sampling.repetition_penalty != unset.repetition_penalty) {
    body["repetition_penalty"] = sampling.repetition_penalty;
  }
  if (sampling.dry_multiplier != unset.dry_multiplier) {
    body["dry_multiplier"] = sampling.dry_multiplier;
  }
  // Servers differ in the range of a seed; every one takes 31 bits.
  if (dialect.seed && request.seed != 0) body["seed"] = request.seed & 0x7FFF'FFFFU;
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (!request.grammar.empty()) body["grammar"] = request.grammar;
  if (!request.schema.is_null() && dialect.json == JsonMode::kSchema) {
    body["response_format"] = {
        {"type", "json_schema"},
        {"json_schema", {{"name", "reply"}, {"strict", true}, {"schema", request.schema}}}};
  } else if (!request.schema.is_null() && dialect.json == JsonMode::kObject) {
    body["response_format"] = {{"type", "json_object"}};
  }
  return DumpJson(body);
}

Result<core::Reply> ParseChat(const core::Request& request, std::string_view body) {
  REDRAFT_ASSIGN(const Json json, ReplyJson(body));
  REDRAFT_ASSIGN(const Json choice, FirstOf(json, "choices"));
  REDRAFT_ASSIGN(core::Reply reply, ReadChoice(request, json, choice));
  reply.usage = UsageOf(json, request, reply.text.size());
  return reply;
}

Result<std::vector<core::Reply>> ParseChatChoices(const core::Request& request,
                                                  std::string_view body) {
  REDRAFT_ASSIGN(const Json json, ReplyJson(body));
  REDRAFT_ASSIGN(const Json first, FirstOf(json, "choices"));
  std::vector<std::pair<std::int64_t, core::Reply>> indexed;
  std::size_t bytes = 0;
  for (const Json& choice : *Member(json, "choices")) {
    REDRAFT_ASSIGN(core::Reply reply, ReadChoice(request, json, choice));
    bytes += reply.text.size();
    const Json* index = Member(choice, "index");
    const auto place = static_cast<std::int64_t>(indexed.size());
    indexed.emplace_back(
        index != nullptr && index->is_number_integer() ? index->get<std::int64_t>() : place,
        std::move(reply));
  }
  std::ranges::stable_sort(indexed, {}, &std::pair<std::int64_t, core::Reply>::first);
  const core::Usage all = UsageOf(json, request, bytes);
  std::vector<core::Reply> replies;
  std::int64_t rest = all.tokens_out;
  for (auto& [index, reply] : indexed) {
    const double share =
        bytes == 0 ? 0.0 : static_cast<double>(reply.text.size()) / static_cast<double>(bytes);
    reply.usage.tokens_out = static_cast<std::int64_t>(share * static_cast<double>(all.tokens_out));
    rest -= reply.usage.tokens_out;
    replies.push_back(std::move(reply));
  }
  replies.front().usage.tokens_out += rest;
  replies.front().usage.tokens_in = all.tokens_in;
  replies.front().usage.tokens_cached = all.tokens_cached;
  return replies;
}

Result<core::Reply> ParseEcho(const core::Request& request, std::string_view body) {
  REDRAFT_ASSIGN(const Json json, ReplyJson(body));
  REDRAFT_ASSIGN(const Json choice, FirstOf(json, "choices"));
  const Json* logprobs = Member(choice, "logprobs");
  const Json* values = logprobs == nullptr ? nullptr : Member(*logprobs, "token_logprobs");
  if (values == nullptr || !values->is_array() || values->empty()) {
    return Fail(ErrorCode::kRefused,
                fmt::format("model '{}' returned no log-probabilities of the text itself; use a "
                            "server that has \"echo\", such as vLLM, or an embedded model",
                            request.model));
  }
  core::Reply reply;
  reply.finish = "stop";
  reply.model = StringMember(json, "model");
  reply.usage = UsageOf(json, request, 0);
  const auto written = values->size() - 1;
  const auto tokens = static_cast<std::size_t>(
      TokenCount(Member(json, "usage"), "prompt_tokens", static_cast<std::int64_t>(written)));
  for (std::size_t i = 0; i < std::min(tokens, written); ++i) {
    const Json& value = (*values)[i];
    if (!value.is_number() && !(i == 0 && value.is_null())) {
      return Fail(ErrorCode::kMalformedReply, "a log-probability of the reply is no number");
    }
    reply.logprobs.push_back(i == 0 ? 0.0 : std::min(0.0, value.get<double>()));
  }
  return reply;
}

Result<core::Reply> ParseEmbedding(const core::Request& request, std::string_view body) {
  REDRAFT_ASSIGN(const Json json, ReplyJson(body));
  REDRAFT_ASSIGN(const Json first, FirstOf(json, "data"));
  const Json* vector = Member(first, "embedding");
  if (vector == nullptr || !vector->is_array() || vector->empty()) {
    return Fail(ErrorCode::kMalformedReply, "the reply holds no embedding");
  }
  core::Reply reply;
  reply.finish = "stop";
  reply.model = StringMember(json, "model");
  reply.usage = UsageOf(json, request, 0);
  for (const Json& value : *vector) {
    const float number = value.is_number() ? value.get<float>() : NAN;
    if (!std::isfinite(number)) {
      return Fail(ErrorCode::kMalformedReply, "the reply's embedding holds what is no number");
    }
    reply.embedding.push_back(number);
  }
  return reply;
}

std::vector<double> LabelShares(
    const std::vector<std::string>& labels,
    const std::vector<std::pair<std::string, double>>& tokens_with_logprob) {
  std::vector<std::string> names;
  for (const std::string& label : labels) names.push_back(Normalised(label));
  std::vector<double> shares(labels.size(), 0.0);
  for (const auto& [token, logprob] : tokens_with_logprob) {
    const std::string text = Normalised(token);
    if (text.empty()) continue;
    auto owner = std::find(names.begin(), names.end(), text);
    if (owner == names.end()) {
      const auto begins = [&text](const std::string& name) { return name.starts_with(text); };
      owner = std::find_if(names.begin(), names.end(), begins);
      if (std::count_if(names.begin(), names.end(), begins) != 1) continue;
    }
    shares[static_cast<std::size_t>(owner - names.begin())] += std::exp(std::min(0.0, logprob));
  }
  return shares;
}

std::unique_ptr<WireFormat> OpenAiFormat(std::string base, std::string model) {
  class Format final : public WireFormat {
   public:
    Format(std::string base, std::string model)
        : base_(std::move(base)), model_(std::move(model)) {}
    bool Answers(core::RequestKind kind) const override {
      return kind != core::RequestKind::kScore;
    }
    bool HasChoices() const override { return true; }
    std::string Url(core::RequestKind kind) const override {
      if (kind == core::RequestKind::kEmbedding) return base_ + "/embeddings";
      if (kind == core::RequestKind::kLogLikelihood) return base_ + "/completions";
      return base_ + "/chat/completions";
    }
    std::string ModelsUrl() const override { return base_ + "/models"; }
    std::vector<std::string> Headers(const std::string& key) const override {
      if (key.empty()) return {};
      return {"Authorization: Bearer " + key};
    }
    std::string Body(const core::Request& request, const Dialect& dialect,
                     int choices) const override {
      if (request.kind == core::RequestKind::kEmbedding) {
        return DumpJson({{"model", model_}, {"input", request.text}});
      }
      if (request.kind == core::RequestKind::kLogLikelihood) {
        return DumpJson({{"model", model_},
                         {"prompt", request.text},
                         {"max_tokens", 1},  // some servers refuse 0
                         {"echo", true},
                         {"logprobs", 1},
                         {"temperature", 1.0}});
      }
      return ChatBody(request, model_, dialect, choices);
    }
    Result<core::Reply> Parse(const core::Request& request, std::string_view body) const override {
      if (request.kind == core::RequestKind::kEmbedding) return ParseEmbedding(request, body);
      if (request.kind == core::RequestKind::kLogLikelihood) return ParseEcho(request, body);
      return ParseChat(request, body);
    }
    Result<std::vector<core::Reply>> ParseChoices(const core::Request& request,
                                                  std::string_view body) const override {
      return ParseChatChoices(request, body);
    }

   private:
    std::string base_, model_;
  };
  return std::make_unique<Format>(std::move(base), std::move(model));
}

}  // namespace redraft::llm
