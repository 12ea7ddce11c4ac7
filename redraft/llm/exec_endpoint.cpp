#include "redraft/llm/exec_endpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "redraft/base/json.h"

namespace redraft::llm {

/// Owns the program and the thread that talks to it.
class ExecEndpoint::Worker {
 public:
  Worker(std::string model, std::string command, std::chrono::milliseconds patience)
      : command_(std::move(command)), patience_(patience), thread_([this] { Serve(); }) {
    info_.name = model;
    info_.model = std::move(model);
    info_.max_in_flight = 1;
  }

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
    if (to_ >= 0) ::close(to_);
    if (from_ >= 0) ::close(from_);
    if (pid_ > 0) {
      // End of input asks it to go; a program that stays is ended.
      for (int i = 0; i < 20 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
        ::poll(nullptr, 0, 50);
        if (i == 18) ::kill(-pid_, SIGKILL);
      }
    }
  }

  void Push(std::string line, ReplyCallback done) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({std::move(line), std::move(done)});
    }
    changed_.notify_all();
  }

  void Cancel() { cancelled_ = true; }

  EndpointInfo info_;

 private:
  struct Waiting {
    std::string line;
    ReplyCallback done;
  };

  void Serve() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Waiting next = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      next.done(cancelled_ ? Result<core::Reply>(Fail(ErrorCode::kCancelled, "interrupted"))
                           : Ask(next.line));
    }
  }

  Result<core::Reply> Ask(const std::string& line) {
    if (pid_ < 0) REDRAFT_RETURN_IF_ERROR(Start());
    REDRAFT_RETURN_IF_ERROR(Write(line + "\n"));
    REDRAFT_ASSIGN(const std::string answer, ReadLine());
    const Result<Json> json = ParseJson(answer);
    const bool usable = json && json->is_object() && json->contains("logit") &&
                        (*json)["logit"].is_number() &&
                        std::isfinite((*json)["logit"].get<double>());
    if (!usable) {
      return Failure(
          fmt::format("answered '{}' instead of a line {{\"logit\":x}}", answer.substr(0, 80)));
    }
    core::Reply reply;
    reply.text = DumpJson({{"logit", (*json)["logit"]}});
    reply.finish = "stop";
    reply.model = info_.model;
    return reply;
  }

  Status Start() {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0) return Failure(std::strerror(errno));
    if (::pipe2(out, O_CLOEXEC) != 0) {
      ::close(in[0]);
      ::close(in[1]);
      return Failure(std::strerror(errno));
    }
    std::signal(SIGPIPE, SIG_IGN);  // a program that died is an error, not a signal
    const std::string shell = "/bin/sh", flag = "-c";
    char* const argv[] = {const_cast<char*>(shell.c_str()), const_cast<char*>(flag.c_str()),
                          const_cast<char*>(command_.c_str()), nullptr};
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setpgid(0, 0);  // the user's Ctrl-C is ours to handle
      std::signal(SIGPIPE, SIG_DFL);
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::execv(argv[0], argv);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    ::fcntl(to_, F_SETFL, O_NONBLOCK);
    ::fcntl(from_, F_SETFL, O_NONBLOCK);
    if (pid_ < 0) return Failure(std::strerror(errno));
    return Ok{};
  }

  /// Waits for `events` on `fd` until the deadline.
  Status Await(int fd, short events, std::chrono::steady_clock::time_point deadline) {
    for (;;) {
      if (cancelled_) return Fail(ErrorCode::kCancelled, "interrupted");
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) {
        return Failure(
            fmt::format("was silent for {} s", std::chrono::duration<double>(patience_).count()));
      }
      pollfd poll_fd{fd, events, 0};
      const int slice = static_cast<int>(std::min<std::int64_t>(left.count(), 100));
      if (::poll(&poll_fd, 1, slice) > 0) return Ok{};
    }
  }

  Status Write(std::string_view bytes) {
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    while (!bytes.empty()) {
      const ssize_t n = ::write(to_, bytes.data(), bytes.size());
      if (n > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno == EAGAIN || errno == EINTR) {
        REDRAFT_RETURN_IF_ERROR(Await(to_, POLLOUT, deadline));
      } else {
        return Failure("died");
      }
    }
    return Ok{};
  }

  Result<std::string> ReadLine() {
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    for (;;) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      char bytes[4096];
      const ssize_t n = ::read(from_, bytes, sizeof bytes);
      if (n > 0) {
        buffer_.append(bytes, static_cast<std::size_t>(n));
        if (buffer_.size() > (1U << 20)) return Failure("answered with an endless line");
      } else if (n == 0) {
        return Failure("ended without an answer");
      } else if (errno == EAGAIN || errno == EINTR) {
        REDRAFT_RETURN_IF_ERROR(Await(from_, POLLIN, deadline));
      } else {
        return Failure(std::strerror(errno));
      }
    }
  }

  tl::unexpected<Error> Failure(const std::string& what) const {
    return Fail(ErrorCode::kRefused,
                fmt::format("judge program `{}` {}; run it by hand and repair it", command_, what));
  }

  std::string command_;
  std::chrono::milliseconds patience_;
  pid_t pid_ = -1;
  int to_ = -1, from_ = -1;
  std::string buffer_;

  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;  // guards waiting_ and ending_
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

ExecEndpoint::ExecEndpoint(std::string model, std::string command,
                           std::chrono::milliseconds patience)
    : worker_(std::make_unique<Worker>(std::move(model), std::move(command), patience)) {}
ExecEndpoint::~ExecEndpoint() = default;

const EndpointInfo& ExecEndpoint::info() const { return worker_->info_; }

void ExecEndpoint::Send(const core::Request& request, ReplyCallback done) {
  worker_->Push(request.text, std::move(done));
}

void ExecEndpoint::Cancel() { worker_->Cancel(); }

}  // namespace redraft::llm
