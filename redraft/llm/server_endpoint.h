#pragma once

// ServerEndpoint: any server behind HTTP, whatever format it speaks (wire_format.h).

#include <chrono>
#include <memory>
#include <string>

#include "redraft/llm/endpoint.h"
#include "redraft/llm/http.h"
#include "redraft/llm/wire_format.h"

namespace redraft::llm {

struct ServerOptions {
  std::string name = "endpoint";  ///< for messages
  Wire wire = Wire::kOpenAi;
  std::string base_url;       ///< see BaseUrl; of a reward server the address to post to
  std::string model;          ///< as the server names it; a reward server may need none
  std::string request_model;  ///< as requests name it; empty: the same
  std::string key;            ///< sent as the format wants it; empty: none. Never logged or quoted
  std::string key_variable;   ///< the environment variable it came from, for messages
  std::string ca_file;        ///< PEM file of the authorities to trust; empty: the system's
  /// Adds X-Redraft-Role and X-Redraft-Key, and for judge calls X-Redraft-First and
  /// X-Redraft-Second, so that a scripted server can play a judge with known truth.
  bool tag_requests = false;
  bool labels = true;          ///< the server returns log-probabilities
  bool loglikelihood = false;  ///< the server has completions with "echo"
  bool embeddings = false;
  Dialect dialect;        ///< what is known of the server; the endpoint learns more
  int max_in_flight = 0;  ///< 0: as many as the client wants
  Prices prices;
  std::chrono::milliseconds timeout{600'000};  ///< for one try
};

/// Answers what its format and `options` say.
///
/// A server that refuses a field which a Dialect can do without (HTTP 400, 422) is asked again
/// without it, in the same try, and from then on always. After a reply that says that the limit of
/// its rate is used up, Rest tells when it is renewed.
///
/// Errors of Send, each naming the endpoint and its URL: kUnavailable (no connection, timeout, 408,
/// 409, 5xx), kRateLimited with the server's Retry-After (429, 503, 529), kUnauthenticated naming
/// the key's variable (401, 403), kRefused quoting the server (other 4xx, redirects, a certificate
/// that does not verify, no log-probabilities), kMalformedReply quoting what came, kCancelled.
class ServerEndpoint final : public Endpoint {
 public:
  /// `http` is shared so that all endpoints use one I/O thread.
  /// Errors: kConfig for a bad base URL or a key that cannot be a header.
  static Result<std::unique_ptr<ServerEndpoint>> Open(ServerOptions options,
                                                      std::shared_ptr<HttpClient> http);
  ~ServerEndpoint() override;

  const EndpointInfo& info() const override;
  void Send(const core::Request& request, ReplyCallback done) override;
  void SendChoices(const core::Request& request, int choices, ChoicesCallback done) override;
  void Abandon(const core::Request& request) override;
  void Cancel() override;
  std::chrono::nanoseconds Rest() const override;

  /// The model as the server names it.
  const std::string& model() const;
  /// Whether its format knows calls with several replies; a Probe finds out whether it does, too.
  bool has_choices() const;
  /// What is known of the server by now. From any thread.
  Dialect dialect() const;
  /// Calls `done` with the body of the server's list of models. Errors: as Send; kNotFound when it
  /// has none.
  void ListModels(std::function<void(Result<std::string>)> done);

 private:
  struct Server;
  ServerEndpoint(std::shared_ptr<Server> server, std::shared_ptr<HttpClient> http);

  std::shared_ptr<Server> server_;  // outlives us in the callbacks of transfers
  std::shared_ptr<HttpClient> http_;
};

}  // namespace redraft::llm
