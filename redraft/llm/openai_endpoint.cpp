#include "redraft/llm/openai_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "redraft/llm/openai_format.h"
#include "redraft/llm/reward_format.h"

namespace redraft::llm {
namespace {

constexpr std::string_view kHiddenKey = "[key]";
constexpr std::size_t kQuotedChars = 80;  // of a reply that cannot be used

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string Header(std::string_view name, std::string value) {
  std::replace_if(value.begin(), value.end(), IsControl, '?');  // no header may begin inside one
  return fmt::format("{}: {}", name, value);
}

/// Some servers quote the key they refuse.
std::string WithoutKey(std::string text, const std::string& key) {
  if (key.empty()) return text;
  for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos;) {
    text.replace(at, key.size(), kHiddenKey);
    at += kHiddenKey.size();
  }
  return text;
}

Status CheckKey(const OpenAiOptions& options) {
  if (std::none_of(options.key.begin(), options.key.end(), IsControl)) return Ok{};
  return Fail(ErrorCode::kConfig,
              fmt::format("endpoint '{}': the key in {} contains a line break or another control "
                          "character",
                          options.name, options.key_variable));
}

}  // namespace

struct OpenAiEndpoint::Server {
  OpenAiOptions options;
  EndpointInfo info;
  std::string url;

  std::vector<std::string> Headers(const core::Request& request) const;
  std::string Body(const core::Request& request) const {
    return info.scores ? ScoreBody(url, options.model, request.text) : ChatBody(request);
  }
  Result<core::Reply> Read(const core::Request& request, Result<HttpResponse> response) const;
  Error Explain(Error error) const;
};

std::vector<std::string> OpenAiEndpoint::Server::Headers(const core::Request& request) const {
  std::vector<std::string> headers;
  if (!options.key.empty()) headers.push_back("Authorization: Bearer " + options.key);
  if (!options.tag_requests) return headers;
  headers.push_back(Header("X-Redraft-Role", ToString(request.role)));
  headers.push_back(Header("X-Redraft-Key", core::RequestKey(request)));
  if (!request.first.empty()) headers.push_back(Header("X-Redraft-First", request.first));
  if (!request.second.empty()) headers.push_back(Header("X-Redraft-Second", request.second));
  return headers;
}

Result<core::Reply> OpenAiEndpoint::Server::Read(const core::Request& request,
                                                 Result<HttpResponse> response) const {
  if (!response) return Fail(Explain(std::move(response).error()));
  // Quoting cuts, and half a key is no longer found: it has to go before.
  const auto body = [&] { return WithoutKey(response->body, options.key); };
  if (response->status == 200) {
    Result<core::Reply> reply =
        info.scores ? ParseScore(request, response->body) : ParseChat(request, response->body);
    if (reply) return reply;
    Error error = std::move(reply).error();
    if (error.code == ErrorCode::kMalformedReply) {
      error.message += fmt::format("; it sent '{}'", ServerMessage(body(), kQuotedChars));
    }
    return Fail(Explain(std::move(error)));
  }
  if (response->status >= 300 && response->status < 400) {
    return Fail(Explain(
        {ErrorCode::kRefused,
         fmt::format("HTTP {} redirects to {}; redirects are not followed, set the final address "
                     "as base URL",
                     response->status,
                     response->location.empty() ? "nowhere" : ShownUrl(response->location))}));
  }
  Error error = ParseError(response->status, body());
  error.retry_after_s = response->retry_after_s;
  return Fail(Explain(std::move(error)));
}

Error OpenAiEndpoint::Server::Explain(Error error) const {
  if (error.code == ErrorCode::kUnauthenticated) {
    error.message += options.key.empty()
                         ? fmt::format("; no key was sent: set {}",
                                       options.key_variable.empty() ? "the endpoint's key variable"
                                                                    : options.key_variable)
                         : fmt::format("; check the key in {}", options.key_variable);
  } else if (error.message.starts_with("HTTP 404")) {
    error.message += fmt::format("; check the model '{}' and the base URL", options.model);
  }
  error.message = WithoutKey(std::move(error.message), options.key);
  // Errors of the transport begin with the URL already.
  const std::string shown = ShownUrl(url);
  if (!error.message.starts_with(shown)) error = std::move(error).Within(shown);
  return std::move(error).Within(fmt::format("endpoint '{}'", options.name));
}

Result<std::unique_ptr<OpenAiEndpoint>> OpenAiEndpoint::OpenReward(
    OpenAiOptions options, std::string request_model, std::shared_ptr<HttpClient> http) {
  REDRAFT_RETURN_IF_ERROR(CheckKey(options));
  if (auto valid = ChatUrl(options.base_url); !valid) {
    return Fail(std::move(valid).error().Within(fmt::format("endpoint '{}'", options.name)));
  }
  auto server = std::make_shared<Server>();
  server->url = options.base_url;
  server->info = {.name = options.name,
                  .model = std::move(request_model),
                  .scores = true,
                  .max_in_flight = options.max_in_flight,
                  .price_in = options.price_in};
  server->options = std::move(options);
  return std::unique_ptr<OpenAiEndpoint>(new OpenAiEndpoint(std::move(server), std::move(http)));
}

Result<std::unique_ptr<OpenAiEndpoint>> OpenAiEndpoint::Open(OpenAiOptions options,
                                                             std::shared_ptr<HttpClient> http) {
  REDRAFT_RETURN_IF_ERROR(CheckKey(options));
  auto url = ChatUrl(options.base_url);
  if (!url) {
    return Fail(std::move(url).error().Within(fmt::format("endpoint '{}'", options.name)));
  }
  auto server = std::make_shared<Server>();
  server->url = std::move(*url);
  server->info = {.name = options.name,
                  .model = options.model,
                  .labels = options.labels,
                  .max_in_flight = options.max_in_flight,
                  .price_in = options.price_in,
                  .price_out = options.price_out};
  server->options = std::move(options);
  return std::unique_ptr<OpenAiEndpoint>(new OpenAiEndpoint(std::move(server), std::move(http)));
}

OpenAiEndpoint::OpenAiEndpoint(std::shared_ptr<const Server> server,
                               std::shared_ptr<HttpClient> http)
    : server_(std::move(server)), http_(std::move(http)) {}

OpenAiEndpoint::~OpenAiEndpoint() { Cancel(); }

const EndpointInfo& OpenAiEndpoint::info() const { return server_->info; }

void OpenAiEndpoint::Send(const core::Request& request, ReplyCallback done) {
  http_->Post(this,
              {.url = server_->url,
               .headers = server_->Headers(request),
               .body = server_->Body(request),
               .timeout = server_->options.timeout},
              [server = server_, request, done = std::move(done)](Result<HttpResponse> response) {
                done(server->Read(request, std::move(response)));
              });
}

void OpenAiEndpoint::Cancel() { http_->Cancel(this); }

}  // namespace redraft::llm
