#pragma once

// HTTP requests, thousands at a time: the one door to libcurl.
//
// One thread drives all transfers of a client. HTTP/2 where a TLS server offers it (many transfers
// on one connection), else HTTP/1.1 with keep-alive; certificates are verified;
// proxies of the environment are honoured, except for loopback addresses; redirects are not
// followed, because they would carry the key to another place.
//
// A request is written once: when a kept connection turns out to be dead after part of the body
// went out, Post fails instead of repeating it, because the caller counts tries.
//
// Threads  Post and Cancel may be called from any thread; callbacks run on the client's own thread
//          or, when the client ends, on the one that ends it, and must not block.
// Cost     0.1 to 0.3 ms of CPU per call of 6 kB out and 4 kB in; 12 to 25 kB per transfer.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::llm {

struct HttpRequest {
  std::string url;                   ///< http or https
  bool get = false;                  ///< GET, without a body; else POST
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;
  std::chrono::milliseconds timeout{600'000};              ///< for the whole exchange
  std::size_t max_response_bytes = std::size_t{16} << 20;  ///< of the body, decoded
  std::string ca_file;         ///< PEM file of authorities to trust; empty: the system's
  const void* part = nullptr;  ///< names it among the owner's, to Cancel; never looked into
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::string location;        ///< where a redirect points; empty: nowhere
  double retry_after_s = 0.0;  ///< from seconds or a date; 0: not said
  /// Those that begin with x-ratelimit-, anthropic-ratelimit- or retry-after-; names in lower case.
  std::vector<std::pair<std::string, std::string>> limits;
};

using HttpCallback = std::function<void(Result<HttpResponse>)>;

class HttpClient {
 public:
  /// At most so many connections to one host and port are open; what is beyond waits. 0: no limit.
  explicit HttpClient(int connections_per_host = 0);
  /// Cancels what is in flight.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Calls `done` once with whatever status the server answered.
  /// Errors: kUnavailable (no address, refused, reset, timed out), kMalformedReply (half a body,
  /// bad encoding, over max_response_bytes, over 256 kB of headers), kRefused (certificate),
  /// kConfig (URL), kCancelled. Messages name the URL without user and password, and never a
  /// header.
  void Post(HttpRequest request, HttpCallback done) {
    Post(nullptr, std::move(request), std::move(done));
  }
  /// The same; `owner` names a group of transfers to Cancel.
  void Post(const void* owner, HttpRequest request, HttpCallback done);

  /// Ends the transfers of `owner` with kCancelled, soon; with a `part`, only those that name it.
  void Cancel(const void* owner, const void* part = nullptr);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

/// The URL as it may be shown: without user, password, query and fragment.
std::string ShownUrl(const std::string& url);

/// The URL's host in lower case; empty when it is no URL.
std::string HostOf(const std::string& url);

}  // namespace redraft::llm
