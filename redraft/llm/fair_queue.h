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
  void Pop() { Pop(Turn()->first); }

  /// The next one of a role, whoever's turn it is; null: none waits.
  const T* Front(core::Role role) const {
    const auto own = waiting_.find(role);
    return own == waiting_.end() ? nullptr : &own->second.front();
  }
  /// Removes it; the turn is then the next role's.
  void Pop(core::Role role) {
    last_ = role;
    const auto own = waiting_.find(role);
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
