#include "redraft/llm/server_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/base/log.h"
#include "redraft/llm/rate_limit.h"
#include "redraft/llm/server_error.h"

namespace redraft::llm {
namespace {

constexpr std::string_view kHiddenKey = "[key]";
constexpr double kLongestRest = 300.0;    // seconds; who asks for more is given up by RetryDelay
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

Status CheckKey(const ServerOptions& options) {
  if (std::none_of(options.key.begin(), options.key.end(), IsControl)) return Ok{};
  return Fail(ErrorCode::kConfig,
              fmt::format("endpoint '{}': the key in {} contains a line break or another control "
                          "character",
                          options.name, options.key_variable));
}

/// Whose an exchange is: of an endpoint, and about which object of its caller's.
struct Parties {
  const void* owner = nullptr;
  const void* asked = nullptr;
};

}  // namespace

struct ServerEndpoint::Server {
  ServerOptions options;
  EndpointInfo info;
  std::unique_ptr<WireFormat> format;
  std::atomic<std::int64_t> rest_until_ns{0};  // of SystemClock().Now()

  Dialect dialect() const {
    const std::lock_guard lock(mutex_);
    return dialect_;
  }
  std::vector<std::string> Headers(const core::Request& request) const;
  Result<std::vector<core::Reply>> Read(const core::Request& request, int choices,
                                        Result<HttpResponse> response) const;
  Error Explain(Error error, const std::string& url) const;
  /// The body of a 200 response. Errors: what everything else means.
  Result<std::string> BodyOf(Result<HttpResponse> response, const std::string& url) const;
  void Heed(const HttpResponse& response);
  bool Learn(const HttpResponse& response);
  /// One exchange; the callback runs on the thread of `http`, which therefore exists.
  static void Exchange(std::shared_ptr<Server> self, HttpClient* http, Parties parties,
                       core::Request request, int choices, ChoicesCallback done);

  Dialect dialect_;
  mutable std::mutex mutex_;  // guards dialect_
};

std::vector<std::string> ServerEndpoint::Server::Headers(const core::Request& request) const {
  std::vector<std::string> headers = format->Headers(options.key);
  if (!options.tag_requests) return headers;
  headers.push_back(Header("X-Redraft-Role", ToString(request.role)));
  headers.push_back(
      Header("X-Redraft-Key", request.key.empty() ? core::RequestKey(request) : request.key));
  if (!request.first.empty()) headers.push_back(Header("X-Redraft-First", request.first));
  if (!request.second.empty()) headers.push_back(Header("X-Redraft-Second", request.second));
  return headers;
}

void ServerEndpoint::Server::Heed(const HttpResponse& response) {
  const Clock& clock = SystemClock();
  double rest = RestSeconds(response.limits, clock.UnixMillis());
  if (response.status == 429 || response.status == 503) {
    rest = std::max(rest, std::min(response.retry_after_s, kLongestRest));
  }
  if (rest <= 0.0) return;
  const auto until = clock.Now() + std::chrono::nanoseconds(static_cast<std::int64_t>(rest * 1e9));
  rest_until_ns = until.count();
}

bool ServerEndpoint::Server::Learn(const HttpResponse& response) {
  if (response.status != 400 && response.status != 422) return false;
  constexpr std::size_t kRead = 1'000;  // characters of the server's words
  const std::string words = ServerMessage(response.body, kRead);
  const std::lock_guard lock(mutex_);
  if (!dialect_.Learn(words)) return false;
  Log(LogLevel::kInfo,
      fmt::format("endpoint '{}' refuses a field and is asked again without it: {}", options.name,
                  WithoutKey(words, options.key)));
  return true;
}

void ServerEndpoint::Server::Exchange(std::shared_ptr<Server> self, HttpClient* http,
                                      Parties parties, core::Request request, int choices,
                                      ChoicesCallback done) {
  HttpRequest post{.url = self->format->Url(request.kind),
                   .headers = self->Headers(request),
                   .body = self->format->Body(request, self->dialect(), choices),
                   .timeout = self->options.timeout,
                   .ca_file = self->options.ca_file,
                   .part = parties.asked};
  post.body.shrink_to_fit();  // ten thousand may be on their way at a time
  http->Post(parties.owner, std::move(post),
             [self, http, parties, request = std::move(request), choices,
              done = std::move(done)](Result<HttpResponse> response) mutable {
               if (response) {
                 self->Heed(*response);
                 if (self->Learn(*response)) {
                   return Exchange(self, http, parties, std::move(request), choices,
                                   std::move(done));
                 }
               }
               done(self->Read(request, choices, std::move(response)));
             });
}

Result<std::vector<core::Reply>> ServerEndpoint::Server::Read(const core::Request& request,
                                                              int choices,
                                                              Result<HttpResponse> response) const {
  const std::string url = format->Url(request.kind);
  REDRAFT_ASSIGN(const std::string body, BodyOf(std::move(response), url));
  Result<std::vector<core::Reply>> replies;
  if (choices > 1) {
    replies = format->ParseChoices(request, body);
  } else {
    Result<core::Reply> reply = format->Parse(request, body);
    if (reply) return std::vector<core::Reply>{*std::move(reply)};
    replies = Fail(std::move(reply).error());
  }
  if (replies) return replies;
  Error error = std::move(replies).error();
  if (error.code == ErrorCode::kMalformedReply) {
    // Quoting cuts, and half a key is no longer found: it has to go before.
    error.message +=
        fmt::format("; it sent '{}'", ServerMessage(WithoutKey(body, options.key), kQuotedChars));
  }
  return Fail(Explain(std::move(error), url));
}

Result<std::string> ServerEndpoint::Server::BodyOf(Result<HttpResponse> response,
                                                   const std::string& url) const {
  if (!response) return Fail(Explain(std::move(response).error(), url));
  if (response->status == 200) return std::move(response->body);
  if (response->status >= 300 && response->status < 400) {
    return Fail(Explain(
        {ErrorCode::kRefused,
         fmt::format("HTTP {} redirects to {}; redirects are not followed, set the final address "
                     "as base URL",
                     response->status,
                     response->location.empty() ? "nowhere" : ShownUrl(response->location))},
        url));
  }
  Error error = ParseError(response->status, WithoutKey(response->body, options.key));
  error.retry_after_s =
      std::max(response->retry_after_s, RestSeconds(response->limits, SystemClock().UnixMillis()));
  return Fail(Explain(std::move(error), url));
}

Error ServerEndpoint::Server::Explain(Error error, const std::string& url) const {
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

Result<std::unique_ptr<ServerEndpoint>> ServerEndpoint::Open(ServerOptions options,
                                                             std::shared_ptr<HttpClient> http) {
  REDRAFT_RETURN_IF_ERROR(CheckKey(options));
  auto format = MakeWireFormat(options.wire, options.base_url, options.model);
  if (!format) {
    return Fail(std::move(format).error().Within(fmt::format("endpoint '{}'", options.name)));
  }
  const auto answers = [&](core::RequestKind kind) { return (*format)->Answers(kind); };
  auto server = std::make_shared<Server>();
  server->info = {
      .name = options.name,
      .model = options.request_model.empty() ? options.model : options.request_model,
      .chat = answers(core::RequestKind::kChat),
      .labels = options.labels && answers(core::RequestKind::kLabels),
      .loglikelihood = options.loglikelihood && answers(core::RequestKind::kLogLikelihood),
      .embeddings = options.embeddings && answers(core::RequestKind::kEmbedding),
      .scores = answers(core::RequestKind::kScore),
      .max_in_flight = options.max_in_flight,
      .max_choices = (*format)->HasChoices() ? options.dialect.choices : 1,
      .prices = options.prices};
  server->format = std::move(*format);
  server->dialect_ = options.dialect;
  server->options = std::move(options);
  return std::unique_ptr<ServerEndpoint>(new ServerEndpoint(std::move(server), std::move(http)));
}

ServerEndpoint::ServerEndpoint(std::shared_ptr<Server> server, std::shared_ptr<HttpClient> http)
    : server_(std::move(server)), http_(std::move(http)) {}

ServerEndpoint::~ServerEndpoint() { Cancel(); }

const EndpointInfo& ServerEndpoint::info() const { return server_->info; }

void ServerEndpoint::Send(const core::Request& request, ReplyCallback done) {
  SendChoices(request, 1, [done = std::move(done)](Result<std::vector<core::Reply>> replies) {
    done(replies ? Result<core::Reply>(std::move(replies->front()))
                 : Fail(std::move(replies).error()));
  });
}

void ServerEndpoint::SendChoices(const core::Request& request, int choices, ChoicesCallback done) {
  Server::Exchange(server_, http_.get(), {this, &request}, request, choices, std::move(done));
}

void ServerEndpoint::Abandon(const core::Request& request) { http_->Cancel(this, &request); }

void ServerEndpoint::Cancel() { http_->Cancel(this); }

std::chrono::nanoseconds ServerEndpoint::Rest() const {
  const std::chrono::nanoseconds until(server_->rest_until_ns.load());
  return std::max(std::chrono::nanoseconds(0), until - SystemClock().Now());
}

const std::string& ServerEndpoint::model() const { return server_->options.model; }

bool ServerEndpoint::has_choices() const { return server_->format->HasChoices(); }

Dialect ServerEndpoint::dialect() const { return server_->dialect(); }

void ServerEndpoint::ListModels(std::function<void(Result<std::string>)> done) {
  const std::string url = server_->format->ModelsUrl();
  if (url.empty()) return done(Fail(ErrorCode::kNotFound, "the server has no list of models"));
  constexpr std::chrono::seconds kPatience{30};
  http_->Post(this,
              {.url = url,
               .get = true,
               .headers = server_->format->Headers(server_->options.key),
               .timeout = std::min<std::chrono::milliseconds>(kPatience, server_->options.timeout),
               .ca_file = server_->options.ca_file},
              [server = server_, url, done = std::move(done)](Result<HttpResponse> response) {
                done(server->BodyOf(std::move(response), url));
              });
}

}  // namespace redraft::llm
