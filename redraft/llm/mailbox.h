#pragma once

// Where endpoints leave the outcomes that the engine thread takes. Internal to the client; the only
// state of it that threads share.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace redraft::llm {

template <class Outcome>
class Mailbox {
 public:
  void Put(Outcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(std::move(outcome));
    }
    filled_.notify_one();
  }

  /// Everything that is there; waits up to `limit` for the first one.
  std::vector<Outcome> Take(std::chrono::nanoseconds limit) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, limit, [this] { return !outcomes_.empty(); });
    return std::exchange(outcomes_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<Outcome> outcomes_;
};

}  // namespace redraft::llm
