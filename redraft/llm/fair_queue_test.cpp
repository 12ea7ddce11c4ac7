#include "redraft/llm/fair_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace redraft::llm {
namespace {

using core::Role;

TEST(FairQueue, RolesTakeTurnsAndKeepTheirOrder) {
  FairQueue<int> queue;
  for (int i = 0; i < 4; ++i) queue.Push(Role::kDraft, i);
  queue.Push(Role::kJudge, 100);
  queue.PushFirst(Role::kDraft, -1);
  std::vector<int> order;
  while (!queue.empty()) {
    order.push_back(queue.Front());
    queue.Pop();
    if (order.size() == 3) queue.Push(Role::kJudge, 101);
  }
  EXPECT_EQ(order, (std::vector<int>{-1, 100, 0, 101, 1, 2, 3}));
}

TEST(FairQueue, OfOneRoleMayBeTakenOutOfTurn) {
  FairQueue<int> queue;
  for (int i = 0; i < 3; ++i) queue.Push(Role::kDraft, i);
  queue.Push(Role::kJudge, 100);
  EXPECT_EQ(queue.Front(Role::kRepair), nullptr);
  queue.Pop(Role::kDraft);
  EXPECT_EQ(*queue.Front(Role::kDraft), 1);
  queue.Pop(Role::kDraft);
  EXPECT_EQ(queue.Front(), 100);  // the turn has passed
}

}  // namespace
}  // namespace redraft::llm
