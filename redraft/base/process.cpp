#include "redraft/base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "redraft/base/check.h"

namespace redraft {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// A descriptor of ours, closed at the end of its scope or before.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int* slot() { return &fd_; }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read, write;
  /// Both ends are closed in the child; dup2 gives it the ends it uses.
  bool Open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    *read.slot() = ends[0];
    *write.slot() = ends[1];
    return true;
  }
};

/// Our environment with the additions in front, where they win.
std::vector<std::string> Environment(
    const std::vector<std::pair<std::string, std::string>>& additions) {
  std::vector<std::string> all;
  for (const auto& [key, value] : additions) all.push_back(key + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view key = text.substr(0, text.find('='));
    if (std::ranges::none_of(additions, [&](const auto& pair) { return pair.first == key; })) {
      all.emplace_back(text);
    }
  }
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the program; returns 0 or the reason.
int Spawn(const ProcessOptions& options, const Pipe& in, const Pipe& out, const Pipe& err,
          pid_t& child) {
  std::vector<std::string> command = options.command;
  std::vector<std::string> environment = Environment(options.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  // A caller that ignores SIGPIPE or blocks signals must not make the child do so.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int reason = ::posix_spawnp(&child, options.command[0].c_str(), &actions, &attributes,
                                    Pointers(command).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return reason;
}

/// Appends what can be read; closes at the end of the stream. Keeps the last `most` bytes.
void Drain(Descriptor& from, std::string& to, std::size_t most) {
  std::array<char, 1 << 14> buffer;
  const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) {
    from.Close();
    return;
  }
  to.append(buffer.data(), static_cast<std::size_t>(n));
  if (to.size() > most) to.erase(0, to.size() - most);
}

/// Writes what fits; closes when all is written or nobody reads.
void Feed(Descriptor& to, std::string_view& rest) {
  const ssize_t n = ::write(to.get(), rest.data(), rest.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n >= 0) rest.remove_prefix(static_cast<std::size_t>(n));
  if (n < 0 || rest.empty()) to.Close();
}

/// Blocks SIGPIPE in this thread for its scope and takes back one that we raised, so that a child
/// which stops reading does not end us.
class WithoutSigPipe {
 public:
  WithoutSigPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  WithoutSigPipe(const WithoutSigPipe&) = delete;
  WithoutSigPipe& operator=(const WithoutSigPipe&) = delete;
  ~WithoutSigPipe() {
    const timespec now{0, 0};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_, before_;
  bool was_pending_ = false;
};

/// Moves bytes between us and the child until it has ended and both output streams with it. False
/// at the deadline.
bool Converse(const ProcessOptions& options, pid_t child, Descriptor& in, Descriptor& out,
              Descriptor& err, ProcessResult& result) {
  const WithoutSigPipe guard;
  const auto deadline = SteadyClock::now() + options.time_limit;
  std::string_view rest = options.input;
  if (rest.empty()) in.Close();
  Descriptor end;  // readable when the child has ended
  // By number: glibc 2.36 declares pidfd_open without C linkage.
  *end.slot() = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  while (out.open() || err.open() || end.open()) {
    int wait = -1;
    if (options.time_limit.count() > 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
      if (left.count() <= 0) return false;
      wait = static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000));
    }
    // poll ignores negative descriptors: the closed ones.
    std::array<pollfd, 4> polled = {pollfd{in.get(), POLLOUT, 0}, pollfd{out.get(), POLLIN, 0},
                                    pollfd{err.get(), POLLIN, 0}, pollfd{end.get(), POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), wait) < 0) continue;  // EINTR
    if (polled[0].revents != 0) Feed(in, rest);
    if (polled[1].revents != 0) Drain(out, result.output, options.max_output);
    if (polled[2].revents != 0) Drain(err, result.errors, options.max_output);
    if (polled[3].revents != 0) end.Close();
  }
  return true;
}

/// Waits for the end of the child; its exit status as a shell counts.
int Reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Result<ProcessResult> RunProcess(const ProcessOptions& options) {
  REDRAFT_CHECK(!options.command.empty());
  Pipe in, out, err;
  if (!in.Open() || !out.Open() || !err.Open()) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("cannot start {}: {}", options.command[0], std::strerror(errno)));
  }
  pid_t child = 0;
  if (const int reason = Spawn(options, in, out, err, child); reason != 0) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("cannot start {}: {}", options.command[0], std::strerror(reason)));
  }
  in.read.Close();
  out.write.Close();
  err.write.Close();
  ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  ProcessResult result;
  result.timed_out = !Converse(options, child, in.write, out.read, err.read, result);
  if (result.timed_out) ::kill(child, SIGKILL);
  result.exit_status = Reap(child);
  return result;
}

}  // namespace redraft
