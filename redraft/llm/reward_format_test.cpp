#include "redraft/llm/reward_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace redraft::llm {
namespace {

using ::testing::HasSubstr;

Result<core::Reply> Parse(const std::string& body) {
  core::Request request;
  request.kind = core::RequestKind::kScore;
  request.text = "twelve bytes";
  return ParseScore(request, body);
}

double ScoreOf(const std::string& body) {
  const auto reply = Parse(body);
  EXPECT_TRUE(reply) << body << ": " << reply.error().message;
  return reply ? reply->score.value() : 0;
}

TEST(RewardFormat, ReadsEveryShapeOfAScore) {
  EXPECT_EQ(ScoreOf(R"({"score":-1.5})"), -1.5);
  EXPECT_EQ(ScoreOf(R"({"data":[{"index":0,"score":2}]})"), 2);
  EXPECT_EQ(ScoreOf(R"({"object":"list","data":[{"index":0,"data":[0.25]}]})"), 0.25);
  EXPECT_EQ(ScoreOf(R"({"data":[{"data":0.25}]})"), 0.25);
  EXPECT_EQ(ScoreOf(R"({"data":[{"data":[[1],[2],[3.5]]}]})"), 3.5) << "the last token's";
  EXPECT_EQ(ScoreOf(R"({"data":[{"embedding":[7]}]})"), 7);
  EXPECT_EQ(ScoreOf(R"([{"embedding":[7],"meta_info":{}}])"), 7);
}

TEST(RewardFormat, TurnsProbabilitiesIntoLogOdds) {
  EXPECT_NEAR(ScoreOf(R"({"data":[{"label":"LABEL_0","probs":[0.8],"num_classes":1}]})"),
              std::log(4.0), 1e-12);
  EXPECT_NEAR(ScoreOf(R"({"data":[{"probs":[0.2,0.8]}]})"), std::log(4.0), 1e-12);
  EXPECT_NEAR(ScoreOf(R"({"data":[{"probs":[0]}]})"), std::log(1e-12), 1e-6);
}

TEST(RewardFormat, CountsTheTokensItIsToldOrEstimatesThem) {
  EXPECT_EQ(Parse(R"({"score":1})")->usage.tokens_in, 3);
  EXPECT_EQ(Parse(R"({"score":1,"usage":{"prompt_tokens":18446744073709551615}})")->usage.tokens_in,
            3)
      << "no server reads that much: as if it had said nothing";
  const auto told = Parse(R"({"model":"m","score":1,"usage":{"prompt_tokens":9}})");
  EXPECT_EQ(told->usage.tokens_in, 9);
  EXPECT_EQ(told->model, "m");
}

TEST(RewardFormat, RefusesWhatIsNoScore) {
  const auto expect = [](const char* body, ErrorCode code, const char* message) {
    const auto reply = Parse(body);
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().code, code) << body;
    EXPECT_THAT(reply.error().message, HasSubstr(message));
  };
  expect("<html>", ErrorCode::kMalformedReply, "not JSON");
  expect("{}", ErrorCode::kMalformedReply, "no score");
  expect("[]", ErrorCode::kMalformedReply, "no score");
  expect(R"({"data":[]})", ErrorCode::kMalformedReply, "no score");
  expect(R"({"score":"high"})", ErrorCode::kMalformedReply, "no score");
  expect(R"({"score":null})", ErrorCode::kMalformedReply, "no score");
  expect(R"({"data":[{"embedding":[1,2,3]}]})", ErrorCode::kRefused, "3 numbers");
  expect(R"({"data":[{"probs":[0.1,0.2,0.7]}]})", ErrorCode::kRefused, "3 classes");
  expect(R"({"data":[{"probs":["x"]}]})", ErrorCode::kMalformedReply, "must be numbers");
}

TEST(RewardFormat, SendsWhatTheAddressReads) {
  EXPECT_EQ(ScoreBody("http://h/score", "", "a \"b\""), R"({"text":"a \"b\""})");
  EXPECT_EQ(ScoreBody("http://h/v1/classify", "m", "t"), R"({"model":"m","input":"t"})");
  EXPECT_EQ(ScoreBody("http://h/pooling", "", "t"), R"({"input":"t"})");
}

}  // namespace
}  // namespace redraft::llm
