#include "redraft/llm/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "redraft/base/file.h"

namespace redraft::llm {
namespace {

namespace fs = std::filesystem;

/// A cut transfer is continued at once, as long as each try brings something; this many tries in
/// all. A server that is down for longer is for the user to try again: what has arrived stays.
constexpr int kTries = 5;

std::uint64_t SizeOf(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

std::uint64_t ToNumber(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// Host of a URL, for messages: paths may carry signatures.
std::string HostOf(const std::string& url) {
  const auto start = url.find("://");
  const std::string rest = start == std::string::npos ? url : url.substr(start + 3);
  const std::string authority = rest.substr(0, rest.find_first_of("/?#"));
  return authority.substr(authority.rfind('@') + 1);
}

/// One transfer: where it writes and what the server said.
struct Transfer {
  const DownloadOptions& options;
  std::uint64_t offset = 0;  ///< bytes in the file before this transfer
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{nullptr, &std::fclose};
  std::uint64_t received = 0;
  int status = 0;
  std::uint64_t length = 0;       ///< Content-Length
  std::uint64_t range_start = 0;  ///< of Content-Range
  std::uint64_t range_total = 0;
  std::string etag;
  bool begun = false;
  std::optional<Error> problem;  ///< ours, not curl's

  std::uint64_t total() const {
    if (status == 206 || status == 416) return range_total;
    return length;
  }
  void Problem(ErrorCode code, std::string message) {
    if (!problem) problem = Error{code, std::move(message)};
  }
};

/// "Name: value" of one header line, name in lower case; empty name for others.
std::pair<std::string, std::string> SplitHeader(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  return {name, std::string(value)};
}

std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {  // a new response: an earlier one was a redirection
    const auto space = line.find(' ');
    transfer.status =
        space == std::string_view::npos ? 0 : static_cast<int>(ToNumber(line.substr(space + 1)));
    transfer.length = transfer.range_start = transfer.range_total = 0;
    transfer.etag.clear();
    return line.size();
  }
  const auto [name, value] = SplitHeader(line);
  if (name == "content-length") transfer.length = ToNumber(value);
  if (name == "etag" && !value.starts_with("W/")) transfer.etag = value;
  if (name == "content-range") {  // "bytes 5-9/10" or "bytes */10"
    const auto space = value.find(' ');
    const auto slash = value.find('/');
    if (space != std::string::npos) transfer.range_start = ToNumber(value.substr(space + 1));
    if (slash != std::string::npos) transfer.range_total = ToNumber(value.substr(slash + 1));
  }
  return line.size();
}

/// Opens the file when the first byte of a usable answer arrives. False after a Problem.
bool Begin(Transfer& transfer) {
  const fs::path& path = transfer.options.to;
  if (transfer.status == 206 && transfer.range_start != transfer.offset) {
    transfer.Problem(ErrorCode::kUnavailable, "the server sent another range than asked for");
    return false;
  }
  if (transfer.status == 200) transfer.offset = 0;
  const std::uint64_t rest =
      transfer.total() > transfer.offset ? transfer.total() - transfer.offset : 0;
  if (auto space = CheckFreeSpace(path.parent_path(), rest); !space) {
    transfer.problem = space.error();
    return false;
  }
  transfer.file.reset(std::fopen(path.c_str(), transfer.offset == 0 ? "wb" : "ab"));
  if (!transfer.file) {
    transfer.Problem(ErrorCode::kFailed,
                     fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
    return false;
  }
  if (!transfer.options.known_content && transfer.offset == 0) {
    if (auto kept = WriteFileAtomic(path.string() + ".etag", transfer.etag); !kept) {
      transfer.problem = kept.error();
      return false;
    }
  }
  return true;
}

bool Report(Transfer& transfer) {
  const auto& progress = transfer.options.progress;
  if (progress && !progress(transfer.offset + transfer.received, transfer.total())) {
    transfer.Problem(ErrorCode::kCancelled, "the download was stopped; run it again to continue");
    return false;
  }
  return true;
}

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (transfer.status != 200 && transfer.status != 206) return bytes;  // an error page
  if (!transfer.begun) {
    transfer.begun = true;
    if (!Begin(transfer) || !Report(transfer)) return 0;
  }
  if (std::fwrite(data, 1, bytes, transfer.file.get()) != bytes) {
    transfer.Problem(
        ErrorCode::kFailed,
        fmt::format("cannot write {}: {}", transfer.options.to.string(), std::strerror(errno)));
    return 0;
  }
  transfer.received += bytes;
  return Report(transfer) ? bytes : 0;
}

ErrorCode CodeOf(int status) {
  if (status == 401 || status == 403) return ErrorCode::kUnauthenticated;
  if (status == 404 || status == 410) return ErrorCode::kNotFound;
  if (status == 408 || status == 429 || status >= 500) return ErrorCode::kUnavailable;
  return ErrorCode::kRefused;
}

/// Sets up and performs one transfer.
CURLcode Perform(Transfer& transfer) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kReady != CURLE_OK) return kReady;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return CURLE_FAILED_INIT;
  std::string etag;
  if (!transfer.options.known_content) {
    if (auto kept = ReadFile(transfer.options.to.string() + ".etag", 1 << 12)) etag = *kept;
    if (etag.empty()) transfer.offset = 0;  // nothing says that the rest would fit
  }
  const std::string range = fmt::format("{}-", transfer.offset);
  const std::string if_range = "If-Range: " + etag;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(nullptr, &curl_slist_free_all);
  if (transfer.offset > 0) {
    curl_easy_setopt(curl.get(), CURLOPT_RANGE, range.c_str());
    if (!etag.empty()) headers.reset(curl_slist_append(nullptr, if_range.c_str()));
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  }
  curl_easy_setopt(curl.get(), CURLOPT_URL, transfer.options.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 15L);
  // A transfer that stands still for a minute is cut; a slow one is not.
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &transfer);
  return curl_easy_perform(curl.get());
}

/// One try. `again` is set when continuing may help.
Status Try(const DownloadOptions& options, bool& again) {
  Transfer transfer{options, SizeOf(options.to)};
  const CURLcode code = Perform(transfer);
  const std::string host = HostOf(options.url);
  if (transfer.file && std::fclose(transfer.file.release()) != 0) {
    transfer.Problem(ErrorCode::kFailed,
                     fmt::format("cannot write {}: {}", options.to.string(), std::strerror(errno)));
  }
  again = false;
  if (transfer.problem) return Fail(*transfer.problem);
  if (transfer.status == 416 && transfer.offset > 0) {
    if (transfer.range_total == transfer.offset) return Ok{};  // it was complete already
    std::error_code ignored;
    fs::remove(options.to, ignored);
    again = true;
    return Fail(ErrorCode::kUnavailable, host + " has another file than the one begun");
  }
  if (code != CURLE_OK) {
    again = transfer.received > 0;
    return Fail(ErrorCode::kUnavailable, fmt::format("{}: {}", host, curl_easy_strerror(code)));
  }
  if (transfer.status != 200 && transfer.status != 206) {
    return Fail(CodeOf(transfer.status), fmt::format("{} answers HTTP {}", host, transfer.status));
  }
  const std::uint64_t have = transfer.offset + transfer.received;
  if (transfer.total() > 0 && have < transfer.total()) {
    again = transfer.received > 0;
    return Fail(ErrorCode::kUnavailable,
                fmt::format("{} ended after {} of {} bytes", host, have, transfer.total()));
  }
  return Ok{};
}

}  // namespace

Status DownloadFile(const DownloadOptions& options) {
  Status status = Ok{};
  for (int i = 0; i < kTries; ++i) {
    bool again = false;
    status = Try(options, again);
    if (status || !again) break;
  }
  if (status) {
    std::error_code ignored;
    fs::remove(options.to.string() + ".etag", ignored);
  }
  return status;
}

}  // namespace redraft::llm
