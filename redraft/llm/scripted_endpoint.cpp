#include "redraft/llm/scripted_endpoint.h"

namespace redraft::llm {

ScriptedEndpoint::ScriptedEndpoint(Script script, ScriptedOptions options)
    : script_(std::move(script)),
      options_(std::move(options)),
      order_(options_.shuffle_seed.value_or(0)) {
  if (options_.shuffle_seed) deliverer_ = std::thread([this] { Deliver(); });
}

ScriptedEndpoint::~ScriptedEndpoint() {
  Cancel();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (deliverer_.joinable()) deliverer_.join();
}

void ScriptedEndpoint::Send(const core::Request& request, ReplyCallback done) {
  std::unique_lock lock(mutex_);
  ++tries_by_role_[request.role];
  const int number = ++tries_by_key_[core::RequestKey(request)];
  Result<core::Reply> reply = script_(request, number);
  if (options_.shuffle_seed) {
    waiting_.emplace_back(std::move(reply), std::move(done));
    lock.unlock();
    changed_.notify_one();
  } else {
    lock.unlock();
    done(std::move(reply));
  }
}

void ScriptedEndpoint::Cancel() {
  std::unique_lock lock(mutex_);
  auto waiting = std::exchange(waiting_, {});
  lock.unlock();
  for (auto& [reply, done] : waiting) done(Fail(ErrorCode::kCancelled, "cancelled"));
}

int ScriptedEndpoint::tries() const {
  const std::lock_guard lock(mutex_);
  int sum = 0;
  for (const auto& [role, count] : tries_by_role_) sum += count;
  return sum;
}

int ScriptedEndpoint::tries(core::Role role) const {
  const std::lock_guard lock(mutex_);
  const auto it = tries_by_role_.find(role);
  return it == tries_by_role_.end() ? 0 : it->second;
}

void ScriptedEndpoint::Deliver() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::swap(waiting_[order_.Below(waiting_.size())], waiting_.back());
    auto [reply, done] = std::move(waiting_.back());
    waiting_.pop_back();
    lock.unlock();
    done(std::move(reply));
    lock.lock();
  }
}

}  // namespace redraft::llm
