#include "redraft/llm/adaptive_limit.h"

#include <gtest/gtest.h>

namespace redraft::llm {
namespace {

/// One round: as many calls as are allowed, all with the same outcome.
void Round(AdaptiveLimit& limit, bool overloaded) {
  const int calls = limit.limit();
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < calls; ++i) numbers.push_back(limit.Sent());
  for (const std::int64_t number : numbers) {
    overloaded ? limit.Overloaded(number) : limit.Succeeded();
  }
}

TEST(AdaptiveLimit, DoublesPerRoundUntilItsMost) {
  AdaptiveLimit limit(100);
  EXPECT_EQ(limit.limit(), 16);
  Round(limit, false);
  EXPECT_EQ(limit.limit(), 32);
  Round(limit, false);
  Round(limit, false);
  EXPECT_EQ(limit.limit(), 100);
}

TEST(AdaptiveLimit, HalvesOncePerRoundAndThenGrowsByOne) {
  AdaptiveLimit limit(64);
  Round(limit, false);
  Round(limit, false);
  EXPECT_EQ(limit.limit(), 64);
  Round(limit, true);
  EXPECT_EQ(limit.limit(), 32);
  Round(limit, false);
  EXPECT_GE(limit.limit(), 32);
  EXPECT_LE(limit.limit(), 33);
}

TEST(AdaptiveLimit, NeverFallsBelowOneCall) {
  AdaptiveLimit limit(4);
  for (int i = 0; i < 10; ++i) Round(limit, true);
  EXPECT_EQ(limit.limit(), 1);
}

TEST(AdaptiveLimit, StartsAtItsMostWhereThatIsLess) { EXPECT_EQ(AdaptiveLimit(3).limit(), 3); }

}  // namespace
}  // namespace redraft::llm
