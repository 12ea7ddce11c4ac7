#pragma once

// LoopbackServer: an HTTP server for tests that can misbehave on purpose. A proper HTTP library
// refuses to reset a connection or to send half a body; this one writes whatever bytes it is told.
//
// Threads  one per connection; the handler is called by several of them at a time.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace redraft::testing {

struct Received {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  /// The header's value; empty when it was not sent.
  std::string Header(const std::string& lower_case_name) const;
};

struct Answer {
  enum class Then {
    kKeepOpen,  ///< wait for the next request on this connection
    kClose,
    kReset,  ///< end the connection with RST
    kStall,  ///< keep it open and say nothing more
  };
  std::string bytes;  ///< status line, headers and body, as they go onto the wire
  Then then = Then::kKeepOpen;
  std::chrono::milliseconds delay{0};  ///< before the first byte
};

/// A well-formed answer. `headers` are whole lines, each with its "\r\n".
Answer HttpAnswer(int status, const std::string& body, const std::string& headers = "");

class LoopbackServer {
 public:
  using Handler = std::function<Answer(const Received&)>;

  /// Listens on a free port of 127.0.0.1.
  explicit LoopbackServer(Handler handler);
  /// Closes all connections.
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int requests() const { return requests_; }        ///< received so far
  int connections() const { return connections_; }  ///< accepted so far

 private:
  struct Connection {
    int socket = -1;
    std::thread thread;
  };
  void Accept();
  void Serve(int socket);
  bool Read(int socket, std::string& buffer, Received& received);
  void Wait(std::chrono::milliseconds time);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // guards open_ and ending_
  std::condition_variable ended_;
  std::list<Connection> open_;
  bool ending_ = false;
  std::thread acceptor_;
};

}  // namespace redraft::testing
