#include "redraft/llm/http.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "redraft/base/check.h"

namespace redraft::llm {
namespace {

constexpr long kConnectTimeoutMs = 10'000;
constexpr std::size_t kMostHeaderBytes = std::size_t{256} << 10;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// One exchange. libcurl keeps pointers into it, so it does not move.
struct Transfer {
  const void* owner = nullptr;
  HttpRequest request;
  HttpCallback done;
  Easy easy;
  std::unique_ptr<curl_slist, ListDeleter> headers;
  std::size_t sent = 0;  // bytes of the request's body
  HttpResponse response;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool endless_header = false;
  std::array<char, CURL_ERROR_SIZE> reason{};
};

std::size_t TakeBody(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& transfer = *static_cast<Transfer*>(target);
  if (transfer.response.body.size() + count > transfer.request.max_response_bytes) {
    transfer.too_large = true;
    return 0;  // libcurl ends the transfer
  }
  transfer.response.body.append(bytes, count);
  return count;
}

/// Keeps what a server says of its limits, and ends a header that does not end.
std::size_t TakeHeader(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& transfer = *static_cast<Transfer*>(target);
  transfer.header_bytes += count;
  if (transfer.header_bytes > kMostHeaderBytes) {
    transfer.endless_header = true;
    return 0;  // libcurl ends the transfer
  }
  const std::string_view line(bytes, count);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view wanted : {"x-ratelimit-", "anthropic-ratelimit-", "retry-after-"}) {
    if (!name.starts_with(wanted)) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t")));
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    transfer.response.limits.emplace_back(name, value);
  }
  return count;
}

std::size_t GiveBody(char* target, std::size_t, std::size_t room, void* source) {
  auto& transfer = *static_cast<Transfer*>(source);
  const std::size_t count = transfer.request.body.copy(target, room, transfer.sent);
  transfer.sent += count;
  return count;
}

/// libcurl asks for this before it repeats a request on its own.
int RefuseToRewind(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::unique_ptr<CURLU, UrlDeleter> ParseUrl(const std::string& text) {
  std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) url.reset();
  return url;
}

std::string UrlPart(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

bool IsLoopback(const std::string& url) {
  const std::string host = HostOf(url);
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

ErrorCode CodeOf(CURLcode result) {
  switch (result) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_SSL_CACERT_BADFILE:
      return ErrorCode::kConfig;
    case CURLE_PEER_FAILED_VERIFICATION:
      return ErrorCode::kRefused;
    case CURLE_PARTIAL_FILE:
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
      return ErrorCode::kMalformedReply;
    default:
      return ErrorCode::kUnavailable;
  }
}

}  // namespace

/// The thread and the transfers it drives. Commands come in under the lock; everything else
/// belongs to the thread.
class HttpClient::Loop {
 public:
  explicit Loop(int connections_per_host) : multi_(curl_multi_init()) {
    REDRAFT_CHECK(multi_ != nullptr);
    // By itself libcurl keeps four connections per transfer in flight: at the end of a stage it
    // would close what the next one needs.
    constexpr long kKept = 1'024;
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKept);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(connections_per_host));
    thread_ = std::thread([this] { Run(); });
  }

  ~Loop() {
    Push({.end = true});
    thread_.join();
    curl_multi_cleanup(multi_);
  }

  struct Command {
    std::unique_ptr<Transfer> start;
    const void* cancel = nullptr;
    const void* part = nullptr;  // of what is cancelled; null: all of it
    bool end = false;
  };

  void Push(Command command) {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(std::move(command));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void Run() {
    // Signals belong to the main thread; a write to a closed TLS connection must not kill us.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (Obey()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) Finish(message->easy_handle, message->data.result);
      }
      curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    CancelIf([](const Transfer&) { return true; });
    for (Command& command : commands_) {  // what a callback still asked for; nobody else is left
      if (command.start) command.start->done(Fail(ErrorCode::kCancelled, "cancelled"));
    }
  }

  /// Carries out the commands; false when the client ends.
  bool Obey() {
    std::vector<Command> commands;
    {
      const std::lock_guard lock(mutex_);
      commands.swap(commands_);
    }
    bool go_on = true;
    for (Command& command : commands) {
      if (command.end) go_on = false;
      if (command.start) Start(std::move(command.start));
      if (command.cancel != nullptr) {
        CancelIf([&](const Transfer& transfer) {
          return transfer.owner == command.cancel &&
                 (command.part == nullptr || transfer.request.part == command.part);
        });
      }
    }
    return go_on;
  }

  void Start(std::unique_ptr<Transfer> transfer) {
    if (spare_.empty()) {
      transfer->easy.reset(curl_easy_init());
      REDRAFT_CHECK(transfer->easy != nullptr);
    } else {
      transfer->easy = std::move(spare_.back());
      spare_.pop_back();
    }
    CURL* easy = transfer->easy.get();
    const HttpRequest& request = transfer->request;
    curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");  // no round trip before a large body
    for (const std::string& header : request.headers) {
      headers = curl_slist_append(headers, header.c_str());
    }
    transfer->headers.reset(headers);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    // Over TLS a transfer rather waits for a connection to be shared than opens one more; without
    // TLS there is nothing to share, and it would wait for a reply.
    const bool shares = request.url.starts_with("https:");
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, shares ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");  // whatever libcurl can decode
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (request.get) {
      curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
    }
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &GiveBody);
    curl_easy_setopt(easy, CURLOPT_READDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &RefuseToRewind);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &TakeHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->reason.data());
    if (!request.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
    if (IsLoopback(request.url)) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_multi_add_handle(multi_, easy);
    transfers_.emplace(easy, std::move(transfer));
  }

  std::unique_ptr<Transfer> Remove(CURL* easy) {
    curl_multi_remove_handle(multi_, easy);
    const auto it = transfers_.find(easy);
    std::unique_ptr<Transfer> transfer = std::move(it->second);
    transfers_.erase(it);
    return transfer;
  }

  void Finish(CURL* easy, CURLcode result) {
    std::unique_ptr<Transfer> transfer = Remove(easy);
    HttpResponse& response = transfer->response;
    long status = 0;
    curl_off_t retry_after = 0;
    const char* location = nullptr;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &location);
    response.status = static_cast<int>(status);
    response.retry_after_s = static_cast<double>(retry_after);
    if (location != nullptr) response.location = location;
    curl_easy_reset(easy);
    spare_.push_back(std::move(transfer->easy));
    if (result == CURLE_OK) {
      transfer->done(std::move(response));
      return;
    }
    std::string reason =
        transfer->reason[0] != '\0' ? transfer->reason.data() : curl_easy_strerror(result);
    if (transfer->too_large) {
      reason = fmt::format("the reply is over {} bytes", transfer->request.max_response_bytes);
    }
    if (transfer->endless_header) {
      reason = fmt::format("the headers of the reply are over {} bytes", kMostHeaderBytes);
    }
    if (result == CURLE_SEND_FAIL_REWIND) reason = "the connection was lost";
    transfer->done(
        Fail(CodeOf(result), fmt::format("{}: {}", ShownUrl(transfer->request.url), reason)));
  }

  template <class Predicate>
  void CancelIf(Predicate matches) {
    std::vector<CURL*> chosen;
    for (const auto& [easy, transfer] : transfers_) {
      if (matches(*transfer)) chosen.push_back(easy);
    }
    for (CURL* easy : chosen) Remove(easy)->done(Fail(ErrorCode::kCancelled, "cancelled"));
  }

  CURLM* multi_;
  std::mutex mutex_;  // guards commands_
  std::vector<Command> commands_;
  std::vector<Easy> spare_;  // handles for reuse
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers_;
  std::thread thread_;
};

HttpClient::HttpClient(int connections_per_host) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  REDRAFT_CHECK(initialised == CURLE_OK);
  loop_ = std::make_unique<Loop>(connections_per_host);
}
HttpClient::~HttpClient() = default;

void HttpClient::Post(const void* owner, HttpRequest request, HttpCallback done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->owner = owner;
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  loop_->Push({.start = std::move(transfer)});
}

void HttpClient::Cancel(const void* owner, const void* part) {
  loop_->Push({.cancel = owner, .part = part});
}

std::string ShownUrl(const std::string& url) {
  const auto parsed = ParseUrl(url);
  if (!parsed) return "the URL";
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                               CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    curl_url_set(parsed.get(), part, nullptr, 0);
  }
  return UrlPart(parsed.get(), CURLUPART_URL);
}

std::string HostOf(const std::string& url) {
  const auto parsed = ParseUrl(url);
  if (!parsed) return "";
  std::string host = UrlPart(parsed.get(), CURLUPART_HOST);
  for (char& c : host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return host;
}

}  // namespace redraft::llm
