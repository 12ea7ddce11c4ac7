#include "redraft/core/request.h"

#include <gtest/gtest.h>

namespace redraft::core {
namespace {

Request Chat() {
  Request request;
  request.model = "m";
  request.messages = {{"user", "hello"}};
  request.max_tokens = 8;
  return request;
}

TEST(Request, KeysAreThoseOfOlderLedgers) {
  EXPECT_EQ(RequestKey(Chat()), "1becf117799972459ea4dfcf47754c1f3efe1759a4b0d91e186cfb7ab01d141a");
  Request labels = Chat();
  labels.kind = RequestKind::kLabels;
  labels.role = Role::kJudge;
  labels.labels = {"A", "B"};
  EXPECT_EQ(RequestKey(labels), "a137aa09b01125ebc1d04aae093640ffa9484e1c0c029f3b6f64dd35e14eb48d");
}

TEST(Request, AScoreRequestAndItsReplySurviveTheLedger) {
  Request request;
  request.kind = RequestKind::kScore;
  request.role = Role::kJudge;
  request.model = "reward:http://h/score";
  request.text = "A text.";
  const auto read = RequestFromJson(ToJson(request));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->kind, RequestKind::kScore);
  EXPECT_EQ(RequestKey(*read), RequestKey(request));
  Reply reply;
  EXPECT_FALSE(ToJson(reply).contains("score"));
  reply.score = -1.5;
  EXPECT_EQ(ReplyFromJson(ToJson(reply))->score, -1.5);
}

}  // namespace
}  // namespace redraft::core
