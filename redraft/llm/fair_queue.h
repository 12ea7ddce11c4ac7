#pragma once

// A queue in which no role waits for the whole backlog of another.

#include <deque>
#include <map>

#include "redraft/core/request.h"

namespace redraft::llm {

/// First in, first out within a role; the roles take turns.
template <class T>
class FairQueue {
 public:
  void Push(core::Role role, T item) { waiting_[role].push_back(item); }
  /// For what has waited before.
  void PushFirst(core::Role role, T item) { waiting_[role].push_front(item); }
  bool empty() const { return waiting_.empty(); }
  /// The one that Pop removes; the queue must not be empty.
  T Front() const { return Turn()->second.front(); }
  void Pop() {
    const auto turn = Turn();
    last_ = turn->first;
    const auto own = waiting_.find(last_);
    own->second.pop_front();
    if (own->second.empty()) waiting_.erase(own);
  }

 private:
  auto Turn() const {
    const auto next = waiting_.upper_bound(last_);
    return next == waiting_.end() ? waiting_.begin() : next;
  }

  std::map<core::Role, std::deque<T>> waiting_;  // no empty ones
  core::Role last_ = core::Role::kProbe;
};

}  // namespace redraft::llm
