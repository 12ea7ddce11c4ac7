#pragma once

// At most one process works on a run. The lock is the system's, on a small file beside the ledger,
// so it ends with the process that holds it, however that dies.
//
// Format  `<ledger>-run-<id>.lock`, holding "PID UNIX_MILLIS"; removed on release.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "redraft/base/clock.h"
#include "redraft/base/result.h"

namespace redraft::store {

class RunLock {
 public:
  struct Holder {
    std::int64_t process = 0;  ///< 0: it has not signed yet
    std::int64_t since_ms = 0;
  };

  /// Errors: kConfig when another process (or another lock of this one) has the run, naming it and
  /// since when; kConfig when the lock file cannot be written.
  static Result<RunLock> Acquire(const std::filesystem::path& ledger, const std::string& run,
                                 const Clock& clock);
  /// Who works on the run now; nothing when nobody does. Does not disturb the holder.
  static std::optional<Holder> FindHolder(const std::filesystem::path& ledger,
                                          const std::string& run);

  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;
  ~RunLock();

 private:
  RunLock(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  void Release();

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace redraft::store
