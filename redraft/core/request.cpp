#include "redraft/core/request.h"

#include <array>
#include <tuple>

#include "redraft/base/hash.h"

namespace redraft::core {
namespace {

constexpr std::array kRoles = {"draft", "judge", "variant", "repair", "edit", "check", "probe"};
constexpr std::array kKinds = {"chat", "labels", "loglikelihood", "embedding", "score"};

Json MessagesJson(const Request& request) {
  Json messages = Json::array();
  for (const Message& m : request.messages) {
    messages.push_back({{"role", m.role}, {"content", m.content}});
  }
  return messages;
}

}  // namespace

const char* ToString(Role role) { return kRoles[static_cast<std::size_t>(role)]; }
const char* ToString(RequestKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<Role> ParseRole(std::string_view name) {
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (name == kRoles[i]) return static_cast<Role>(i);
  }
  return Fail(ErrorCode::kInvalidArgument, "unknown role '" + std::string(name) + "'");
}

Json ToJson(const Request& r) {
  Json json = {{"kind", ToString(r.kind)}, {"role", ToString(r.role)}, {"model", r.model}};
  if (!r.messages.empty()) json["messages"] = MessagesJson(r);
  if (!r.text.empty()) json["text"] = r.text;
  if (!r.labels.empty()) json["labels"] = r.labels;
  if (r.kind == RequestKind::kChat) {
    json["sampling"] = {{"temperature", r.sampling.temperature},
                        {"top_p", r.sampling.top_p},
                        {"min_p", r.sampling.min_p},
                        {"top_k", r.sampling.top_k},
                        {"repetition_penalty", r.sampling.repetition_penalty},
                        {"dry_multiplier", r.sampling.dry_multiplier}};
    if (r.sampling.dry_prompt) json["sampling"]["dry_prompt"] = true;
    json["max_tokens"] = r.max_tokens;
    if (!r.stop.empty()) json["stop"] = r.stop;
    if (!r.grammar.empty()) json["grammar"] = r.grammar;
    if (!r.schema.is_null()) json["schema"] = r.schema;
    if (r.length) {
      json["length"] = {{"min_words", r.length->min_words},
                        {"target_words", r.length->target_words},
                        {"max_words", r.length->max_words}};
    }
    json["seed"] = r.seed;
  }
  json["replicate"] = r.replicate;
  return json;
}

Result<Request> RequestFromJson(const Json& json) {
  try {
    Request r;
    const std::string kind = json.at("kind");
    bool known = false;
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      if (kind == kKinds[i]) {
        r.kind = static_cast<RequestKind>(i);
        known = true;
      }
    }
    if (!known) return Fail(ErrorCode::kInvalidArgument, "unknown request kind '" + kind + "'");
    REDRAFT_ASSIGN(r.role, ParseRole(json.at("role").get<std::string>()));
    r.model = json.at("model");
    for (const Json& m : json.value("messages", Json::array())) {
      r.messages.push_back({m.at("role"), m.at("content")});
    }
    r.text = json.value("text", "");
    r.labels = json.value("labels", std::vector<std::string>{});
    if (const auto it = json.find("sampling"); it != json.end()) {
      r.sampling = {it->at("temperature"),
                    it->at("top_p"),
                    it->at("min_p"),
                    it->at("top_k"),
                    it->at("repetition_penalty"),
                    it->at("dry_multiplier"),
                    it->value("dry_prompt", false)};
    }
    r.max_tokens = json.value("max_tokens", 0);
    r.stop = json.value("stop", std::vector<std::string>{});
    r.grammar = json.value("grammar", "");
    r.schema = json.value("schema", Json());
    if (const auto it = json.find("length"); it != json.end()) {
      r.length = {it->at("min_words"), it->at("target_words"), it->at("max_words")};
    }
    r.seed = json.value("seed", std::uint64_t{0});
    r.replicate = json.at("replicate");
    return r;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not a request: ") + error.what());
  }
}

std::string CanonicalJson(const Request& request) { return DumpJson(ToJson(request)); }

std::string RequestKey(const Request& request) { return Sha256Hex(CanonicalJson(request)); }

bool SamePrompt(const Request& a, const Request& b) {
  const auto asked = [](const Request& r) {
    return std::tie(r.kind, r.role, r.model, r.messages, r.text, r.labels, r.sampling, r.max_tokens,
                    r.stop, r.grammar, r.schema, r.length);
  };
  return asked(a) == asked(b);
}

std::string PromptHash(const Request& request) {
  return Sha256Hex(request.messages.empty() ? request.text : DumpJson(MessagesJson(request)));
}

Usage& Usage::operator+=(const Usage& other) {
  tokens_in += other.tokens_in;
  tokens_out += other.tokens_out;
  cost += other.cost;
  tokens_cached += other.tokens_cached;
  tokens_cache_written += other.tokens_cache_written;
  return *this;
}

Json ToJson(const Reply& reply) {
  Json json = {{"text", reply.text}, {"finish", reply.finish}};
  if (!reply.probs.empty()) json["probs"] = reply.probs;
  if (!reply.logprobs.empty()) json["logprobs"] = reply.logprobs;
  if (!reply.embedding.empty()) json["embedding"] = reply.embedding;
  if (reply.score) json["score"] = *reply.score;
  json["tokens_in"] = reply.usage.tokens_in;
  json["tokens_out"] = reply.usage.tokens_out;
  json["cost"] = reply.usage.cost;
  if (reply.usage.tokens_cached > 0) json["tokens_cached"] = reply.usage.tokens_cached;
  if (reply.usage.tokens_cache_written > 0) {
    json["tokens_cache_written"] = reply.usage.tokens_cache_written;
  }
  json["latency_s"] = reply.latency_s;
  json["model"] = reply.model;
  return json;
}

Result<Reply> ReplyFromJson(const Json& json) {
  try {
    Reply reply;
    reply.text = json.at("text");
    reply.finish = json.at("finish");
    reply.probs = json.value("probs", std::vector<double>{});
    reply.logprobs = json.value("logprobs", std::vector<double>{});
    reply.embedding = json.value("embedding", std::vector<float>{});
    if (const auto it = json.find("score"); it != json.end()) reply.score = it->get<double>();
    reply.usage = {json.at("tokens_in"), json.at("tokens_out"), json.at("cost"),
                   json.value("tokens_cached", std::int64_t{0}),
                   json.value("tokens_cache_written", std::int64_t{0})};
    reply.latency_s = json.at("latency_s");
    reply.model = json.at("model");
    return reply;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not a reply: ") + error.what());
  }
}

}  // namespace redraft::core
