#pragma once

// Time as a seam: the library asks a Clock, tests own a manual one.

#include <chrono>
#include <string>

namespace redraft {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Monotonic, for measuring durations.
  virtual std::chrono::nanoseconds Now() const = 0;
  /// Milliseconds since 1970, UTC, for records that people read.
  virtual std::int64_t UnixMillis() const = 0;
};

/// The machine's clock.
Clock& SystemClock();

/// Moves only when told.
class ManualClock final : public Clock {
 public:
  std::chrono::nanoseconds Now() const override { return now_; }
  std::int64_t UnixMillis() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_).count();
  }
  void Advance(std::chrono::nanoseconds by) { now_ += by; }

 private:
  std::chrono::nanoseconds now_{0};
};

/// "2026-11-25T03:26:24Z".
std::string FormatUtc(std::int64_t unix_millis);

}  // namespace redraft
