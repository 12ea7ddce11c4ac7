#include "redraft/llm/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "redraft/llm/reply_members.h"
#include "redraft/llm/server_error.h"

namespace redraft::llm {
namespace {

constexpr int kMostContext = 100'000'000;

core::Request ProbeRequest(const ServerEndpoint& endpoint, core::RequestKind kind) {
  core::Request request;
  request.kind = kind;
  request.role = core::Role::kProbe;
  request.model = endpoint.info().model;
  request.sampling.temperature = 1.0;
  if (kind == core::RequestKind::kChat || kind == core::RequestKind::kLabels) {
    request.messages = {{"user", "Answer with one letter, A or B. Which comes first?"}};
    request.max_tokens = 1;
    request.labels = {"A", "B"};
  } else {
    request.text = "The ferry was late.";
  }
  return request;
}

Result<core::Reply> Ask(ServerEndpoint& endpoint, const core::Request& request) {
  std::promise<Result<core::Reply>> outcome;
  endpoint.Send(request,
                [&outcome](Result<core::Reply> reply) { outcome.set_value(std::move(reply)); });
  return outcome.get_future().get();
}

Result<std::string> List(ServerEndpoint& endpoint) {
  std::promise<Result<std::string>> outcome;
  endpoint.ListModels([&outcome](Result<std::string> body) { outcome.set_value(std::move(body)); });
  return outcome.get_future().get();
}

Ability AbilityOf(const Result<core::Reply>& reply) {
  return reply ? Ability{true, ""} : Ability{false, reply.error().message};
}

int ContextOf(const Json& model) {
  const Json* meta = Member(model, "meta");
  for (const char* name : {"max_model_len", "context_length", "context_window",
                           "max_context_length", "max_input_tokens", "n_ctx", "n_ctx_train"}) {
    for (const Json* object : {&model, meta}) {
      const Json* value = object == nullptr ? nullptr : Member(*object, name);
      if (value == nullptr || !value->is_number_integer()) continue;
      const auto tokens = value->get<std::int64_t>();
      if (tokens > 0 && tokens < kMostContext) return static_cast<int>(tokens);
    }
  }
  return 0;
}

/// Whether one call brings several replies.
Ability Choices(ServerEndpoint& endpoint, const core::Request& chat) {
  if (!endpoint.has_choices()) return {false, "the format has none"};
  std::promise<Result<std::vector<core::Reply>>> outcome;
  endpoint.SendChoices(chat, 2, [&outcome](Result<std::vector<core::Reply>> replies) {
    outcome.set_value(std::move(replies));
  });
  const auto replies = outcome.get_future().get();
  if (!replies) return {false, replies.error().message};
  if (replies->size() != 2) return {false, "asked for two replies, it sent one"};
  return {true, ""};
}

/// A reply without text is still an answer: a reasoning model may spend its one token on thoughts.
Status AnswersAtAll(ServerEndpoint& endpoint, const std::vector<ListedModel>& models) {
  const auto reply = Ask(endpoint, ProbeRequest(endpoint, core::RequestKind::kChat));
  if (reply) return Ok{};
  Error error = reply.error();
  if (error.code == ErrorCode::kUnauthenticated) return Fail(std::move(error));
  if (error.code != ErrorCode::kRefused) return Ok{};
  constexpr std::size_t kNamed = 8;
  std::string known;
  for (std::size_t i = 0; i < std::min(kNamed, models.size()); ++i) {
    known += (i == 0 ? "; it has: " : ", ") + models[i].id;
  }
  error.message += known + (models.size() > kNamed ? ", …" : "");
  return Fail(std::move(error));
}

}  // namespace

std::vector<ListedModel> ParseModels(std::string_view body) {
  std::vector<ListedModel> models;
  const Result<Json> json = ParseJson(body);
  const Json* data = json ? Member(*json, "data") : nullptr;
  if (data == nullptr || !data->is_array()) return models;
  for (const Json& entry : *data) {
    const std::string id = OneLine(StringMember(entry, "id"));
    if (!id.empty()) models.push_back({id, ContextOf(entry)});
  }
  return models;
}

Abilities Probe(ServerEndpoint& endpoint) {
  using core::RequestKind;
  Abilities abilities;
  if (const auto body = List(endpoint)) abilities.models = ParseModels(*body);
  core::Request chat = ProbeRequest(endpoint, RequestKind::kChat);
  chat.max_tokens = 64;
  const auto reply = Ask(endpoint, chat);
  abilities.chat = AbilityOf(reply);
  if (reply) abilities.model = OneLine(reply->model);
  abilities.choices = Choices(endpoint, chat);
  chat.schema = {{"type", "object"},
                 {"properties", {{"letter", {{"type", "string"}}}}},
                 {"required", {"letter"}},
                 {"additionalProperties", false}};
  auto in_json = Ask(endpoint, chat);
  if (in_json && !ParseJson(in_json->text)) {
    in_json = Fail(ErrorCode::kMalformedReply,
                   fmt::format("it answered '{}', which is not JSON", OneLine(in_json->text, 60)));
  }
  abilities.schema = AbilityOf(in_json);
  const auto other = [&](RequestKind kind, bool promised) {
    if (!promised) return Ability{false, "the format has none, or redraft.toml says so"};
    return AbilityOf(Ask(endpoint, ProbeRequest(endpoint, kind)));
  };
  abilities.labels = other(RequestKind::kLabels, endpoint.info().labels);
  abilities.loglikelihood = other(RequestKind::kLogLikelihood, endpoint.info().loglikelihood);
  abilities.embeddings = other(RequestKind::kEmbedding, endpoint.info().embeddings);
  abilities.dialect = endpoint.dialect();
  abilities.dialect.choices = abilities.choices.works ? Dialect::kMostChoices : 1;
  return abilities;
}

Status Preflight(ServerEndpoint& endpoint, bool labels, int tokens) {
  const auto body = List(endpoint);
  const std::vector<ListedModel> models = body ? ParseModels(*body) : std::vector<ListedModel>{};
  const std::string& wanted = endpoint.model();
  const auto listed = std::ranges::find(models, wanted, &ListedModel::id);
  if (listed != models.end() && listed->context > 0 && listed->context < tokens) {
    return Fail(ErrorCode::kConfig,
                fmt::format("endpoint '{}': the model '{}' has a context of {} tokens, and prompt "
                            "and reply may take {}; serve it with a larger one",
                            endpoint.info().name, wanted, listed->context, tokens));
  }
  const bool refused = !body && body.error().code == ErrorCode::kUnauthenticated;
  const bool unlisted = !models.empty() && listed == models.end();
  if (refused || unlisted) REDRAFT_RETURN_IF_ERROR(AnswersAtAll(endpoint, models));
  if (!labels) return Ok{};
  const auto reply = Ask(endpoint, ProbeRequest(endpoint, core::RequestKind::kLabels));
  const bool final = !reply && (reply.error().code == ErrorCode::kRefused ||
                                reply.error().code == ErrorCode::kUnauthenticated);
  return final ? Status(Fail(reply.error())) : Status(Ok{});
}

}  // namespace redraft::llm
