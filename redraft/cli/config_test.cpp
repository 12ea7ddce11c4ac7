#include "redraft/cli/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/cli/model_options.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

TEST(ParseConfig, ReadsDefaultsAndEndpoints) {
  const auto config = ParseConfig(R"(
[defaults]
endpoint = "local"
judge = "rule:coin"
[endpoints.local]
url = "http://127.0.0.1:8080/v1"
model = "qwen"
key_env = "LOCAL_KEY"
concurrency = 4
price_in = 0.5
price_out = 2
)",
                                  "redraft.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->judge, "rule:coin");
  const EndpointConfig& local = config->endpoints.at("local");
  EXPECT_EQ(local.key_env, "LOCAL_KEY");
  EXPECT_EQ(local.concurrency, 4);
  EXPECT_EQ(local.prices->out, 2.0);
}

TEST(ParseConfig, NamesTheLineTheKeyAndTheNearestOne) {
  const auto says = [](const char* text) {
    const auto config = ParseConfig(text, "redraft.toml");
    EXPECT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, ErrorCode::kConfig);
    return config.error().message;
  };
  EXPECT_THAT(says("[defaults]\njugde = \"reward\"\n"),
              HasSubstr("'jugde'; did you mean 'judge'?"));
  EXPECT_THAT(says("[endpoint.x]\nurl = \"y\"\n"), HasSubstr("did you mean 'endpoints'"));
  EXPECT_THAT(says("[endpoints.x]\nmodel = \"y\"\n"), HasSubstr("needs a url"));
  EXPECT_THAT(says("[endpoints.x]\nurl = 5\n"), HasSubstr("must be a string"));
  EXPECT_THAT(says("[endpoints.x]\nurl = \"y\"\nconcurrency = 0\n"), HasSubstr("at least 1"));
  EXPECT_THAT(says("[defaults\n"), HasSubstr("redraft.toml:1"));
}

TEST(ChooseModel, PrefersFlagsToTheFileAndNeedsAModelForAnEndpoint) {
  Config config = *ParseConfig(
      "[defaults]\nendpoint = \"a\"\n[endpoints.a]\nurl = \"http://h/v1\"\nmodel = \"m\"\n",
      "redraft.toml");
  EXPECT_EQ(ChooseModel({}, config)->model, "m");
  ModelFlags flags;
  flags.llm = "other";
  EXPECT_EQ(ChooseModel(flags, config)->model, "other");
  flags.llm.clear();
  flags.endpoint = "http://elsewhere/v1";
  EXPECT_THAT(ChooseModel(flags, config).error().message, HasSubstr("needs --llm"));
  flags.endpoint = "b";
  EXPECT_THAT(ChooseModel(flags, config).error().message, HasSubstr("neither a URL nor a name"));
  EXPECT_TRUE(ChooseModel({}, {})->embedded());
  EXPECT_EQ(ChooseModel({}, {})->model, kDefaultModel);
}

TEST(Config, ReadsPoolsRolesFormatsAndPrices) {
  const auto config = ParseConfig(R"(
[endpoints.left]
url = "http://127.0.0.1:1/v1"
[endpoints.right]
url = "http://127.0.0.1:2"
format = "anthropic"
price_in = 3.0
price_cache_read = 0.3
timeout = 20
echo = true
[pools.both]
members = { left = 2, right = 1.5 }
[roles]
writer = "both"
judge = "right"
)",
                                  "t.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_FALSE(config->endpoints.at("left").prices);
  EXPECT_FALSE(config->endpoints.at("left").format);
  const EndpointConfig& right = config->endpoints.at("right");
  EXPECT_EQ(right.format, llm::Wire::kAnthropic);
  EXPECT_EQ(right.prices->in, 3.0);
  EXPECT_EQ(right.prices->cache_read, 0.3);
  EXPECT_FALSE(right.prices->cache_write);
  EXPECT_EQ(right.timeout_s, 20.0);
  EXPECT_TRUE(right.echo);
  EXPECT_EQ(config->pools.at("both"), (PoolConfig{{"left", 2.0}, {"right", 1.5}}));
  EXPECT_EQ(config->roles.at(Asker::kWriter), "both");
  EXPECT_FALSE(config->roles.contains(Asker::kEditor));
}

TEST(Config, RefusesPoolsAndRolesThatMeanNothing) {
  const std::string left = "[endpoints.left]\nurl = \"http://h\"\n";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"[pools.p]\nmembers = { left = 1 }", "members.left is no endpoint"},
      {left + "[pools.p]\nmembers = { left = 0 }", "weight above 0"},
      {left + "[pools.p]\nmembers = { }", "needs members"},
      {left + "[pools.left]\nmembers = { left = 1 }", "name of an endpoint"},
      {left + "format = \"soap\"", "'soap' is no format"},
      {"[roles]\nreader = \"x\"", "reader"}};
  for (const auto& [text, words] : table) {
    const auto config = ParseConfig(text, "t.toml");
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, ErrorCode::kConfig);
    EXPECT_NE(config.error().message.find(words), std::string::npos) << config.error().message;
  }
}

}  // namespace
}  // namespace redraft::cli
