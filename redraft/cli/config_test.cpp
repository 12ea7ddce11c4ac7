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
  EXPECT_EQ(local.price_out, 2.0);
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

}  // namespace
}  // namespace redraft::cli
