#include "redraft/llm/retry.h"

#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace redraft::llm {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;

double Seconds(std::chrono::nanoseconds time) { return duration<double>(time).count(); }

TEST(RetryDelay, AsksAgainOnlyWhereThatMayHelp) {
  const std::vector<std::pair<ErrorCode, bool>> table = {
      {ErrorCode::kUnavailable, true},      {ErrorCode::kRateLimited, true},
      {ErrorCode::kMalformedReply, true},   {ErrorCode::kUnauthenticated, false},
      {ErrorCode::kRefused, false},         {ErrorCode::kInvalidArgument, false},
      {ErrorCode::kNotFound, false},        {ErrorCode::kConfig, false},
      {ErrorCode::kBudgetExhausted, false}, {ErrorCode::kCancelled, false},
      {ErrorCode::kGateFailed, false},      {ErrorCode::kFailed, false}};
  for (const auto& [code, again] : table) {
    EXPECT_EQ(RetryDelay({code, "x"}, 1, {}, Rng(1)).has_value(), again) << ToString(code);
  }
}

TEST(RetryDelay, EndsAfterTheLastTry) {
  EXPECT_TRUE(RetryDelay({ErrorCode::kUnavailable, "x"}, 3, {.max_tries = 4}, Rng(1)));
  EXPECT_FALSE(RetryDelay({ErrorCode::kUnavailable, "x"}, 4, {.max_tries = 4}, Rng(1)));
}

TEST(RetryDelay, GivesUpWhenAskedToWaitTooLong) {
  const Error error{ErrorCode::kRateLimited, "x", 301.0};
  EXPECT_FALSE(RetryDelay(error, 1, {.longest_asked = milliseconds(300'000)}, Rng(1)));
}

RC_GTEST_PROP(RetryDelay, LiesBetweenTheServersWishAndOneJitterMore, (std::uint64_t seed)) {
  const int tries = *rc::gen::inRange(1, 40);
  const double asked = *rc::gen::inRange(0, 200);
  const RetryPolicy policy{.max_tries = 100};
  const auto delay = RetryDelay({ErrorCode::kRateLimited, "x", asked}, tries, policy, Rng(seed));
  RC_ASSERT(delay.has_value());
  double ceiling = 0.5;
  for (int i = 1; i < tries && ceiling < 30.0; ++i) ceiling *= 2.0;
  RC_ASSERT(Seconds(*delay) >= asked - 1e-6);
  RC_ASSERT(Seconds(*delay) <= asked + std::min(ceiling, 30.0) + 1e-6);
}

TEST(RetryDelay, IsTheSameForTheSameSeedAndSpreadOverSeeds) {
  const Error error{ErrorCode::kUnavailable, "x"};
  EXPECT_EQ(RetryDelay(error, 1, {}, Rng(7)), RetryDelay(error, 1, {}, Rng(7)));
  double sum = 0.0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    sum += Seconds(*RetryDelay(error, 1, {}, Rng(seed)));
  }
  EXPECT_NEAR(sum / 400.0, 0.25, 0.03);  // uniform on [0, 0.5]; standard error 0.007
}

}  // namespace
}  // namespace redraft::llm
