#include "tests/mock_server/loopback_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "redraft/base/check.h"

namespace redraft::testing {
namespace {

sockaddr* Generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

void SendAll(int socket, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;  // the peer went away; the next read notices
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

std::string Received::Header(const std::string& lower_case_name) const {
  const auto it = headers.find(lower_case_name);
  return it == headers.end() ? "" : it->second;
}

Answer HttpAnswer(int status, const std::string& body, const std::string& headers) {
  return {.bytes = fmt::format("HTTP/1.1 {} Mock\r\nContent-Type: application/json\r\n"
                               "Content-Length: {}\r\n{}\r\n{}",
                               status, body.size(), headers, body)};
}

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REDRAFT_CHECK(bind(listener_, Generic(address), sizeof address) == 0);
  REDRAFT_CHECK(listen(listener_, 1024) == 0);
  socklen_t size = sizeof address;
  REDRAFT_CHECK(getsockname(listener_, Generic(address), &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (Connection& connection : open_) shutdown(connection.socket, SHUT_RDWR);
  }
  ended_.notify_all();
  shutdown(listener_, SHUT_RDWR);  // wakes accept
  acceptor_.join();
  for (Connection& connection : open_) {
    connection.thread.join();
    close(connection.socket);
  }
  close(listener_);
}

void LoopbackServer::Accept() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (ending_ || socket < 0) {
      if (socket >= 0) close(socket);
      if (ending_) return;
      continue;
    }
    ++connections_;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    open_.push_back({socket, {}});
    open_.back().thread = std::thread([this, socket] { Serve(socket); });
  }
}

void LoopbackServer::Serve(int socket) {
  std::string buffer;
  while (true) {
    Received received;
    if (!Read(socket, buffer, received)) break;
    ++requests_;
    const Answer answer = handler_(received);
    if (answer.delay.count() > 0) Wait(answer.delay);
    SendAll(socket, answer.bytes);
    if (answer.then == Answer::Then::kKeepOpen) continue;
    if (answer.then == Answer::Then::kStall) {
      char ignored = 0;
      while (recv(socket, &ignored, 1, 0) > 0) {
      }
    }
    if (answer.then == Answer::Then::kReset) {
      // Connecting a TCP socket to "no address" drops the connection with RST; the descriptor stays
      // ours until the server ends.
      sockaddr_in none{};
      none.sin_family = AF_UNSPEC;
      connect(socket, Generic(none), sizeof none);
      return;
    }
    break;
  }
  shutdown(socket, SHUT_RDWR);
}

bool LoopbackServer::Read(int socket, std::string& buffer, Received& received) {
  std::size_t head_end = std::string::npos;
  std::size_t total = 0;
  char chunk[16384];
  while (true) {
    if (head_end == std::string::npos) {
      head_end = buffer.find("\r\n\r\n");
      if (head_end != std::string::npos) {
        std::size_t at = buffer.find("\r\n");
        const std::string line = buffer.substr(0, at);
        received.method = line.substr(0, line.find(' '));
        received.path = line.substr(received.method.size() + 1);
        received.path.resize(received.path.find(' '));
        while (at < head_end) {
          const std::size_t begin = at + 2;
          at = buffer.find("\r\n", begin);
          const std::size_t colon = buffer.find(':', begin);
          std::string name = buffer.substr(begin, colon - begin);
          std::transform(name.begin(), name.end(), name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
          const std::size_t value = std::min(at, buffer.find_first_not_of(' ', colon + 1));
          received.headers[name] = buffer.substr(value, at - value);
        }
        total = head_end + 4 + std::strtoul(received.Header("content-length").c_str(), nullptr, 10);
      }
    }
    if (head_end != std::string::npos && buffer.size() >= total) {
      received.body = buffer.substr(head_end + 4, total - head_end - 4);
      buffer.erase(0, total);
      return true;
    }
    const ssize_t count = recv(socket, chunk, sizeof chunk, 0);
    if (count <= 0) return false;
    buffer.append(chunk, static_cast<std::size_t>(count));
  }
}

void LoopbackServer::Wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, time, [this] { return ending_; });
}

}  // namespace redraft::testing
