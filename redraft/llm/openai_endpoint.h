#pragma once

// OpenAiEndpoint: any server that speaks the OpenAI chat completions format (openai_format.h), or
// that scores texts (reward_format.h).

#include <chrono>
#include <memory>
#include <string>

#include "redraft/llm/endpoint.h"
#include "redraft/llm/http.h"

namespace redraft::llm {

struct OpenAiOptions {
  std::string name = "endpoint";  ///< for messages
  std::string base_url;           ///< ends with /v1; see ChatUrl
  std::string model;              ///< as the server names it
  std::string key;                ///< sent as bearer token; empty: none. Never logged or quoted
  std::string key_variable;       ///< the environment variable it came from, for messages
  /// Adds X-Redraft-Role and X-Redraft-Key, and for judge calls X-Redraft-First and
  /// X-Redraft-Second, so that a scripted server can play a judge with known truth.
  bool tag_requests = false;
  bool labels = true;     ///< the server returns log-probabilities
  int max_in_flight = 0;  ///< 0: as many as the client wants
  double price_in = 0.0;  ///< per million tokens
  double price_out = 0.0;
  std::chrono::milliseconds timeout{600'000};  ///< for one try
};

/// Answers kChat and kLabels; opened by OpenReward, kScore.
///
/// Errors of Send, each naming the endpoint and its URL: kUnavailable (no connection, timeout, 408,
/// 409, 5xx), kRateLimited with the server's Retry-After (429), kUnauthenticated naming the key's
/// variable (401, 403), kRefused quoting the server (other 4xx, redirects, a certificate that does
/// not verify, no log-probabilities), kMalformedReply quoting what came (not a chat completion),
/// kCancelled.
class OpenAiEndpoint final : public Endpoint {
 public:
  /// `http` is shared so that all endpoints use one I/O thread.
  /// Errors: kConfig for a bad base URL or a key that cannot be a header.
  static Result<std::unique_ptr<OpenAiEndpoint>> Open(OpenAiOptions options,
                                                      std::shared_ptr<HttpClient> http);
  /// A reward server. `options.base_url` is the address to post to, `options.model` the name of the
  /// model there (may be empty); requests name it `request_model`.
  /// Errors: as Open.
  static Result<std::unique_ptr<OpenAiEndpoint>> OpenReward(OpenAiOptions options,
                                                            std::string request_model,
                                                            std::shared_ptr<HttpClient> http);
  ~OpenAiEndpoint() override;

  const EndpointInfo& info() const override;
  void Send(const core::Request& request, ReplyCallback done) override;
  void Cancel() override;

 private:
  struct Server;
  OpenAiEndpoint(std::shared_ptr<const Server> server, std::shared_ptr<HttpClient> http);

  std::shared_ptr<const Server> server_;  // outlives us in the callbacks of transfers
  std::shared_ptr<HttpClient> http_;
};

}  // namespace redraft::llm
