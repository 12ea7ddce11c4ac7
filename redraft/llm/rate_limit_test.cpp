#include "redraft/llm/rate_limit.h"

#include <gtest/gtest.h>

namespace redraft::llm {
namespace {

TEST(RateLimit, ReadsDurations) {
  EXPECT_DOUBLE_EQ(*ParseDuration("12ms"), 0.012);
  EXPECT_DOUBLE_EQ(*ParseDuration("6m0s"), 360.0);
  EXPECT_DOUBLE_EQ(*ParseDuration("1h2m3.5s"), 3723.5);
  EXPECT_DOUBLE_EQ(*ParseDuration("7"), 7.0);
  for (const char* bad : {"m", "1x", "-3", "1s2", "nan", "inf"})
    EXPECT_FALSE(ParseDuration(bad)) << bad;
}

TEST(RateLimit, ReadsTimes) {
  EXPECT_EQ(ParseUtcMillis("1970-01-02T00:00:01Z"), 86'401'000);
  EXPECT_EQ(ParseUtcMillis("1970-01-01T00:00:00.250Z"), 250);
  for (const char* bad : {"", "1970-01-01", "1970-13-01T00:00:00Z", "1970-01-01T25:00:00Z",
                          "1970-01-01T00:00:00+0Z", "1970-01-01T00:00:00.xZ"}) {
    EXPECT_FALSE(ParseUtcMillis(bad)) << bad;
  }
}

TEST(RateLimit, RestsOnlyWhenALimitIsUsedUp) {
  EXPECT_EQ(RestSeconds({}, 0), 0.0);
  EXPECT_EQ(RestSeconds(
                {{"x-ratelimit-remaining-requests", "1"}, {"x-ratelimit-reset-requests", "9s"}}, 0),
            0.0);
  EXPECT_EQ(RestSeconds({{"x-ratelimit-remaining-requests", "0"},
                         {"x-ratelimit-reset-requests", "9s"},
                         {"x-ratelimit-remaining-tokens", "0"},
                         {"x-ratelimit-reset-tokens", "2s"}},
                        0),
            9.0);
  EXPECT_EQ(RestSeconds({{"anthropic-ratelimit-input-tokens-remaining", "0"},
                         {"anthropic-ratelimit-input-tokens-reset", "1970-01-01T00:00:12Z"}},
                        2'000),
            10.0);
  EXPECT_EQ(RestSeconds({{"retry-after-ms", "1500"}}, 0), 1.5);
  EXPECT_EQ(RestSeconds({{"retry-after-ms", "1e12"}}, 0), 300.0);
}

}  // namespace
}  // namespace redraft::llm
