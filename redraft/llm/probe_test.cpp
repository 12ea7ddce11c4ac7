#include "redraft/llm/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mock_server/loopback_server.h"

namespace redraft::llm {
namespace {

using redraft::testing::Answer;
using redraft::testing::HttpAnswer;
using redraft::testing::LoopbackServer;
using redraft::testing::Received;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A server with a list of models, and an answer to everything else.
class Server {
 public:
  Server(Answer models, Answer other)
      : server_([this, models, other](const Received& received) {
          if (received.method == "GET") return models;
          ++posts;
          return other;
        }) {}
  std::unique_ptr<ServerEndpoint> Open(const std::string& model) const {
    auto endpoint =
        ServerEndpoint::Open({.name = "mock", .base_url = server_.url(), .model = model},
                             std::make_shared<HttpClient>());
    EXPECT_TRUE(endpoint);
    return std::move(*endpoint);
  }
  int posts = 0;

 private:
  LoopbackServer server_;
};

Answer Models() {
  return HttpAnswer(200, R"({"data":[{"id":"small","max_model_len":2048},{"id":"large"}]})");
}
Answer Says(const std::string& text) {
  return HttpAnswer(200, DumpJson({{"choices", {{{"message", {{"content", text}}}}}}}));
}

TEST(ParseModels, ReadsEveryServersListAndNothingElse) {
  const auto models = ParseModels(
      R"({"data":[{"id":"a","max_model_len":4096},{"id":"b","meta":{"n_ctx_train":512}},{"id":7},)"
      R"({"id":"c","context_length":-1}]})");
  ASSERT_EQ(models.size(), 3U);
  EXPECT_EQ(models[0].context, 4096);
  EXPECT_EQ(models[1].context, 512);
  EXPECT_EQ(models[2].context, 0);
  for (const char* body : {"", "[]", "{}", R"({"data":7})"}) EXPECT_TRUE(ParseModels(body).empty());
}

TEST(Preflight, AListedModelIsFineWithoutARequest) {
  Server server(Models(), Says("A"));
  EXPECT_TRUE(Preflight(*server.Open("large"), false, 1'000'000));
  EXPECT_EQ(server.posts, 0);
}

TEST(Preflight, NamesTheModelsOfAServerThatHasOthers) {
  Server server(Models(), HttpAnswer(404, R"({"error":{"message":"no such model"}})"));
  const Status status = Preflight(*server.Open("huge"), false, 0);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_THAT(status.error().message, AllOf(HasSubstr("huge"), HasSubstr("it has: small, large")));
}

TEST(Preflight, AServerThatTakesAnyNameIsBelieved) {
  Server server(Models(), Says("A"));
  EXPECT_TRUE(Preflight(*server.Open("huge"), false, 0));
  EXPECT_EQ(server.posts, 1);
}

TEST(Preflight, RefusesAWrongKeyButNotAListThatNeedsAnother) {
  Server wrong(HttpAnswer(401, "{}"), HttpAnswer(401, "{}"));
  const Status status = Preflight(*wrong.Open("small"), false, 0);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnauthenticated);
  Server restricted(HttpAnswer(403, "{}"), Says("A"));
  EXPECT_TRUE(Preflight(*restricted.Open("small"), false, 0));
}

TEST(Preflight, RefusesAContextThatIsTooSmall) {
  Server server(Models(), Says("A"));
  const Status status = Preflight(*server.Open("small"), false, 4'000);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kConfig);
  EXPECT_THAT(status.error().message, AllOf(HasSubstr("2048"), HasSubstr("4000")));
}

TEST(Preflight, RefusesAServerWithoutLogProbabilitiesWhereTheyAreNeeded) {
  Server server(Models(), Says("A"));
  EXPECT_TRUE(Preflight(*server.Open("large"), false, 0));
  const Status status = Preflight(*server.Open("large"), true, 0);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("log-probabilities"));
}

TEST(Preflight, AServerThatIsDownIsLeftToTheClient) {
  Server server(HttpAnswer(500, ""), HttpAnswer(500, ""));
  EXPECT_TRUE(Preflight(*server.Open("small"), true, 0));
}

TEST(Probe, TellsWhatWorksAndQuotesTheRest) {
  Server server(Models(), Says("B"));
  const Abilities abilities = Probe(*server.Open("small"));
  EXPECT_EQ(abilities.models.size(), 2U);
  EXPECT_TRUE(abilities.chat.works);
  EXPECT_FALSE(abilities.schema.works);
  EXPECT_THAT(abilities.schema.error, HasSubstr("'B', which is not JSON"));
  EXPECT_FALSE(abilities.labels.works);
  EXPECT_FALSE(abilities.choices.works);
  EXPECT_EQ(abilities.dialect.choices, 1);
  EXPECT_FALSE(abilities.embeddings.works);
}

TEST(Probe, SeveralChoicesOfACallAreUsedWhereTheyCame) {
  const std::string choice = R"({"message":{"content":"B"}})";
  Server server(Models(), HttpAnswer(200, R"({"choices":[)" + choice + "," + choice + "]}"));
  const Abilities abilities = Probe(*server.Open("small"));
  EXPECT_TRUE(abilities.choices.works);
  EXPECT_EQ(abilities.dialect.choices, Dialect::kMostChoices);
  EXPECT_EQ(DialectFromJson(ToJson(abilities.dialect)), abilities.dialect);
}

}  // namespace
}  // namespace redraft::llm
