#include "redraft/llm/openai_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "redraft/llm/reply_members.h"

namespace redraft::llm {
namespace {

constexpr int kTopLogprobs = 20;           // the most that OpenAI and vLLM allow
constexpr std::size_t kQuotedChars = 200;  // of an error's own words

core::Usage UsageOf(const Json& reply, const core::Request& request, const std::string& text) {
  std::size_t prompt_bytes = 0;
  for (const core::Message& message : request.messages) prompt_bytes += message.content.size();
  const Json* usage = Member(reply, "usage");
  return {.tokens_in = TokenCount(usage, "prompt_tokens", EstimateTokens(prompt_bytes)),
          .tokens_out = TokenCount(usage, "completion_tokens", EstimateTokens(text.size()))};
}

/// One printable line of at most `most` characters.
std::string Quoted(std::string_view text, std::size_t most = kQuotedChars) {
  std::string line;
  std::size_t chars = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool starts_char = (byte & 0xC0U) != 0x80U;
    if (starts_char && ++chars > most) return line + "…";
    line += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return line;
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

}  // namespace

Result<std::string> ChatUrl(std::string_view base_url) {
  std::string_view rest = base_url;
  const bool secure = rest.starts_with("https://");
  if (!secure && !rest.starts_with("http://")) {
    return Fail(ErrorCode::kConfig,
                fmt::format("'{}' is not a base URL; write it like http://127.0.0.1:8080/v1",
                            Quoted(base_url)));
  }
  const std::size_t host = secure ? 8 : 7;
  const auto trim = [&rest](std::string_view suffix) {
    if (!rest.ends_with(suffix)) return false;
    rest.remove_suffix(suffix.size());
    return true;
  };
  while (rest.size() > host && trim("/")) {
  }
  trim("/chat/completions");
  while (rest.size() > host && trim("/")) {
  }
  if (rest.size() <= host || rest[host] == '/' ||
      rest.find_first_of("?# \t\r\n") != std::string_view::npos) {
    return Fail(ErrorCode::kConfig,
                "the base URL needs a host and takes no query; write it like "
                "http://127.0.0.1:8080/v1");
  }
  const bool has_path = rest.find('/', host) != std::string_view::npos;
  return std::string(rest) + (has_path ? "" : "/v1") + "/chat/completions";
}

std::string ChatBody(const core::Request& request) {
  Json body = {{"model", request.model}, {"messages", Json::array()}};
  for (const core::Message& message : request.messages) {
    body["messages"].push_back({{"role", message.role}, {"content", message.content}});
  }
  if (request.kind == core::RequestKind::kLabels) {
    body["temperature"] = 1.0;  // so that servers which scale log-probabilities leave them alone
    body["max_tokens"] = 1;
    body["logprobs"] = true;
    body["top_logprobs"] = kTopLogprobs;
    return DumpJson(body);
  }
  const core::Sampling unset;
  const core::Sampling& sampling = request.sampling;
  body["temperature"] = sampling.temperature;
  body["max_tokens"] = request.max_tokens;
  if (sampling.top_p != unset.top_p) body["top_p"] = sampling.top_p;
  if (sampling.min_p != unset.min_p) body["min_p"] = sampling.min_p;
  if (sampling.top_k != unset.top_k) body["top_k"] = sampling.top_k;
  if (sampling.repetition_penalty != unset.repetition_penalty) {
    body["repetition_penalty"] = sampling.repetition_penalty;
  }
  if (sampling.dry_multiplier != unset.dry_multiplier) {
    body["dry_multiplier"] = sampling.dry_multiplier;
  }
  // Servers differ in the range of a seed; every one takes 31 bits.
  if (request.seed != 0) body["seed"] = request.seed & 0x7FFF'FFFFU;
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (!request.grammar.empty()) body["grammar"] = request.grammar;
  if (!request.schema.is_null()) {
    body["response_format"] = {
        {"type", "json_schema"},
        {"json_schema", {{"name", "reply"}, {"strict", true}, {"schema", request.schema}}}};
  }
  return DumpJson(body);
}

Result<core::Reply> ParseChat(const core::Request& request, std::string_view body) {
  const auto malformed = [](std::string why) {
    return Fail(ErrorCode::kMalformedReply, std::move(why));
  };
  const Result<Json> json = ParseJson(body);
  if (!json) return malformed(fmt::format("the reply is not JSON ({} bytes)", body.size()));
  const Json* choices = Member(*json, "choices");
  if (choices == nullptr || !choices->is_array() || choices->empty()) {
    return malformed("the reply holds no choices");
  }
  const Json& choice = choices->front();
  const Json* message = Member(choice, "message");
  if (message == nullptr) return malformed("the reply's first choice holds no message");

  core::Reply reply;
  reply.finish = StringMember(choice, "finish_reason");
  reply.model = StringMember(*json, "model");
  reply.text = StringMember(*message, "content");
  const std::string refusal = StringMember(*message, "refusal");
  if (reply.text.empty()) reply.text = refusal;
  reply.usage = UsageOf(*json, request, reply.text);
  if (request.kind == core::RequestKind::kLabels) {
    return ParseLabels(request, choice, std::move(reply));
  }
  const bool has_text = Member(*message, "content") != nullptr || !refusal.empty();
  if (!has_text && reply.finish != "content_filter") {
    return malformed(Member(*message, "reasoning_content") != nullptr
                         ? fmt::format("the reply holds reasoning but no text (finish '{}'); a "
                                       "larger max_tokens may help",
                                       Quoted(reply.finish))
                         : "the reply's message holds no text");
  }
  return reply;
}

std::string ServerMessage(std::string_view body, std::size_t most_chars) {
  std::string message(body);
  if (const Result<Json> json = ParseJson(body)) {
    const Json* error = Member(*json, "error");
    for (const std::string& found :
         {error != nullptr ? StringMember(*error, "message") : "", StringMember(*json, "error"),
          StringMember(*json, "message"), StringMember(*json, "detail")}) {
      if (!found.empty()) {
        message = found;
        break;
      }
    }
  }
  const std::string valid = DumpJson(Json(message));  // replaces what is not UTF-8
  return Quoted(ParseJson(valid)->get<std::string>(), most_chars);
}

Error ParseError(int status, std::string_view body) {
  const std::string message = fmt::format("HTTP {}: {}", status, ServerMessage(body, kQuotedChars));
  switch (status) {
    case 401:
    case 403:
      return {ErrorCode::kUnauthenticated, message};
    case 429:
      // A used-up quota comes with the same status as a momentary limit, and does not pass.
      return {body.find("insufficient_quota") != std::string_view::npos ? ErrorCode::kRefused
                                                                        : ErrorCode::kRateLimited,
              message};
    case 408:
    case 409:
      return {ErrorCode::kUnavailable, message};
    default:
      return {status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kRefused, message};
  }
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

}  // namespace redraft::llm
