#include "redraft/store/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace redraft::store {
namespace {

std::filesystem::path LockPath(const std::filesystem::path& ledger, const std::string& run) {
  return ledger.string() + "-run-" + run + ".lock";
}

RunLock::Holder ReadHolder(int descriptor) {
  char text[64] = {};
  RunLock::Holder holder;
  const ssize_t n = ::pread(descriptor, text, sizeof text - 1, 0);
  long long process = 0, since = 0;
  if (n > 0 && std::sscanf(text, "%lld %lld", &process, &since) == 2) holder = {process, since};
  return holder;
}

/// The lock on the whole file. It belongs to the open file description, so it excludes other
/// threads' locks too, ends with the process, and can be asked about without being taken.
struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// Whether `path` still names the file that is open here: the last holder may have removed it
/// between our open and our lock.
bool StillNamed(const std::filesystem::path& path, int descriptor) {
  struct stat named = {}, open = {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(descriptor, &open) == 0 &&
         named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

}  // namespace

Result<RunLock> RunLock::Acquire(const std::filesystem::path& ledger, const std::string& run,
                                 const Clock& clock) {
  const std::filesystem::path path = LockPath(ledger, run);
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
      return Fail(ErrorCode::kConfig, fmt::format("cannot lock run {}: cannot write {}: {}", run,
                                                  path.string(), std::strerror(errno)));
    }
    RunLock lock({}, descriptor);  // owns the descriptor; the file is not ours yet
    struct flock whole = WholeFile();
    if (::fcntl(descriptor, F_OFD_SETLK, &whole) != 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EACCES) {
        return Fail(ErrorCode::kConfig, fmt::format("cannot lock run {}: {}: {}", run,
                                                    path.string(), std::strerror(errno)));
      }
      const Holder holder = ReadHolder(descriptor);
      return Fail(
          ErrorCode::kConfig,
          fmt::format("run {} is being worked on by {}; wait until that is done, or stop it and "
                      "run again",
                      run,
                      holder.process == 0 ? "another process"
                                          : fmt::format("process {} since {}", holder.process,
                                                        FormatUtc(holder.since_ms))));
    }
    if (!StillNamed(path, descriptor)) continue;
    lock.path_ = path;
    const std::string signature = fmt::format("{} {}\n", ::getpid(), clock.UnixMillis());
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, signature.data(), signature.size(),
                                                    0) != static_cast<ssize_t>(signature.size())) {
      return Fail(ErrorCode::kConfig, fmt::format("cannot lock run {}: cannot write {}: {}", run,
                                                  path.string(), std::strerror(errno)));
    }
    return lock;
  }
}

std::optional<RunLock::Holder> RunLock::FindHolder(const std::filesystem::path& ledger,
                                                   const std::string& run) {
  const int descriptor = ::open(LockPath(ledger, run).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  struct flock whole = WholeFile();
  std::optional<Holder> holder;
  if (::fcntl(descriptor, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK) {
    holder = ReadHolder(descriptor);
  }
  ::close(descriptor);
  return holder;
}

RunLock::RunLock(RunLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {
  other.path_.clear();
}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

RunLock::~RunLock() { Release(); }

void RunLock::Release() {
  if (descriptor_ < 0) return;
  if (!path_.empty()) ::unlink(path_.c_str());  // before the unlock: see StillNamed
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace redraft::store
