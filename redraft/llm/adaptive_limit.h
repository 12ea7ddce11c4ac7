#pragma once

// How many calls a server is given at a time, found by trying.

#include <algorithm>
#include <cstdint>

namespace redraft::llm {

/// Slow start, then additive increase and multiplicative decrease (Jacobson 1988; RFC 5681): each
/// success raises the limit by one, which doubles it per round of calls, until the first sign of
/// overload halves it; from then on it grows by one per round.
///
/// A round of calls that were sent together fails together: only an overload of a call that was
/// sent after the last decrease counts.
class AdaptiveLimit {
 public:
  /// Most calls before the server has shown anything.
  static constexpr int kStart = 16;

  explicit AdaptiveLimit(int most) : most_(most), limit_(std::min(most, kStart)) {}

  /// Calls that may be in flight now, in [1, most].
  int limit() const { return static_cast<int>(limit_); }

  /// Numbers a call that is sent; its outcome is told with this number.
  std::int64_t Sent() { return ++sent_; }
  void Succeeded() {
    limit_ = std::min<double>(most_, limit_ + (limit_ < threshold_ ? 1.0 : 1.0 / limit_));
  }
  /// The server said that it is too much: 429, 503.
  void Overloaded(std::int64_t number) {
    if (number <= decreased_at_) return;
    decreased_at_ = sent_;
    limit_ = threshold_ = std::max(1.0, limit_ / 2);
  }

 private:
  double most_;
  double limit_;
  double threshold_ = 1e9;  // growth slows here
  std::int64_t sent_ = 0;
  std::int64_t decreased_at_ = 0;
};

}  // namespace redraft::llm
