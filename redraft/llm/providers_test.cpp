#include "redraft/llm/providers.h"

#include <gtest/gtest.h>

namespace redraft::llm {
namespace {

TEST(Providers, KnowAModelByTheLongestBeginningOfItsName) {
  const auto mini = FindKnownModel("https://api.openai.com/v1", "gpt-4o-mini-2024-07-18");
  ASSERT_TRUE(mini);
  EXPECT_EQ(mini->provider, "openai");
  EXPECT_EQ(mini->prices.in, 0.15);
  EXPECT_EQ(mini->prices.cache_read, 0.075);
  EXPECT_FALSE(mini->prices.cache_write);
  EXPECT_FALSE(mini->priced_at.empty());
  EXPECT_EQ(FindKnownModel("https://api.openai.com/v1", "gpt-4o")->prices.in, 2.5);
  EXPECT_TRUE(FindKnownModel("https://api.openai.com/v1", "gpt-5")->dialect.completion_limit);
}

TEST(Providers, KnowTheFormatOfAnUnknownModelButNoPrice) {
  const auto model = FindKnownModel("https://api.anthropic.com", "claude-of-tomorrow");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->wire, Wire::kAnthropic);
  EXPECT_EQ(model->key_variable, "ANTHROPIC_API_KEY");
  EXPECT_FALSE(model->prices.known());
  EXPECT_TRUE(model->priced_at.empty());
}

TEST(Providers, KnowNothingOfOtherHosts) {
  EXPECT_FALSE(FindKnownModel("http://127.0.0.1:8080/v1", "gpt-4o"));
  EXPECT_FALSE(FindKnownModel("https://api.openai.com.evil.example/v1", "gpt-4o"));
}

}  // namespace
}  // namespace redraft::llm
