#include "redraft/llm/openai_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "redraft/llm/server_error.h"

namespace redraft::llm {
namespace {

using core::Request;
using core::RequestKind;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Request Chat() {
  Request request;
  request.model = "m";
  request.messages = {{"system", "Be brief."}, {"user", "Say \"hi\"."}};
  request.max_tokens = 64;
  return request;
}

Request Labels() {
  Request request = Chat();
  request.kind = RequestKind::kLabels;
  request.labels = {"A", "B"};
  return request;
}

TEST(BaseUrl, AcceptsEveryCommonFormAndNeverDoublesV1) {
  const std::string local = "http://127.0.0.1:8080/v1";
  for (const char* base :
       {"http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1",
        "http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1//",
        "http://127.0.0.1:8080/v1/chat/completions",
        "http://127.0.0.1:8080/v1/chat/completions/"}) {
    EXPECT_EQ(BaseUrl(base).value_or("error"), local) << base;
  }
  EXPECT_EQ(BaseUrl("https://host.example/v1beta/openai/").value_or("error"),
            "https://host.example/v1beta/openai");
}

TEST(BaseUrl, RefusesWhatIsNoBaseUrl) {
  for (const char* base : {"", "localhost:8080", "ftp://host/v1", "http://", "https:///v1",
                           "http://host/v1?key=1", "http://host/v 1"}) {
    const auto url = BaseUrl(base);
    ASSERT_FALSE(url) << base << " → " << *url;
    EXPECT_EQ(url.error().code, ErrorCode::kConfig);
  }
}

TEST(ChatBody, SendsOnlyTheUsualFieldsByDefault) {
  EXPECT_EQ(ChatBody(Chat(), "m"),
            R"({"model":"m","messages":[{"role":"system","content":"Be brief."},)"
            R"({"role":"user","content":"Say \"hi\"."}],"temperature":1.0,"max_tokens":64})");
}

TEST(ChatBody, SendsWhatTheRequestSets) {
  Request request = Chat();
  request.messages = {{"user", "x"}};
  request.sampling = {.temperature = 0.7,
                      .top_p = 0.9,
                      .min_p = 0.05,
                      .top_k = 40,
                      .repetition_penalty = 1.1,
                      .dry_multiplier = 0.8};
  request.seed = 0xFFFF'FFFF'0000'0003U;
  request.stop = {"END"};
  request.grammar = "root ::= \"x\"";
  request.schema = {{"type", "object"}};
  EXPECT_EQ(ChatBody(request, "m"),
            R"({"model":"m","messages":[{"role":"user","content":"x"}],"temperature":0.7,)"
            R"("max_tokens":64,"top_p":0.9,"min_p":0.05,"top_k":40,"repetition_penalty":1.1,)"
            R"("dry_multiplier":0.8,"seed":3,"stop":["END"],"grammar":"root ::= \"x\"",)"
            R"("response_format":{"type":"json_schema","json_schema":{"name":"reply",)"
            R"("strict":true,"schema":{"type":"object"}}}})");
}

TEST(ChatBody, AsksForSeveralChoices) {
  Request request = Chat();
  request.messages = {{"user", "x"}};
  EXPECT_EQ(ChatBody(request, "m", {}, 3),
            R"({"model":"m","messages":[{"role":"user","content":"x"}],"temperature":1.0,)"
            R"("max_tokens":64,"n":3})");
}

TEST(ParseChatChoices, PutsThemInOrderAndDividesWhatWasWritten) {
  const auto replies = ParseChatChoices(
      Chat(), R"({"model":"m","choices":[{"index":1,"message":{"content":"four"}},)"
              R"({"index":0,"message":{"content":"twelve chars"}}],)"
              R"("usage":{"prompt_tokens":90,"completion_tokens":41}})");
  ASSERT_TRUE(replies) << replies.error().message;
  ASSERT_EQ(replies->size(), 2U);
  EXPECT_EQ((*replies)[0].text, "twelve chars");
  EXPECT_EQ((*replies)[1].text, "four");
  EXPECT_EQ((*replies)[0].usage.tokens_in, 90);
  EXPECT_EQ((*replies)[1].usage.tokens_in, 0);
  EXPECT_EQ((*replies)[1].usage.tokens_out, 10);
  EXPECT_EQ((*replies)[0].usage.tokens_out, 31);
}

TEST(ParseChatChoices, AnUnusableChoiceMakesTheReplyMalformed) {
  for (const char* body : {"{}", R"({"choices":[]})", R"({"choices":7})",
                           R"({"choices":[{"message":{"content":"a"}},{}]})"}) {
    const auto replies = ParseChatChoices(Chat(), body);
    ASSERT_FALSE(replies) << body;
    EXPECT_EQ(replies.error().code, ErrorCode::kMalformedReply);
  }
}

TEST(ChatBody, AsksForTheFirstTokensProbabilitiesOfLabels) {
  Request request = Labels();
  request.messages = {{"user", "A or B?"}};
  request.sampling.temperature = 0.2;  // means nothing for probabilities
  EXPECT_EQ(ChatBody(request, "m"),
            R"({"model":"m","messages":[{"role":"user","content":"A or B?"}],"temperature":1.0,)"
            R"("max_tokens":1,"logprobs":true,"top_logprobs":20})");
}

TEST(ParseChat, ReadsTextFinishModelAndUsage) {
  const auto reply = ParseChat(Chat(), R"({"model":"m-2","choices":[{"finish_reason":"length",
      "message":{"role":"assistant","content":"hé\n"}}],
      "usage":{"prompt_tokens":11,"completion_tokens":3}})");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text, "hé\n");
  EXPECT_EQ(reply->finish, "length");
  EXPECT_EQ(reply->model, "m-2");
  EXPECT_EQ(reply->usage.tokens_in, 11);
  EXPECT_EQ(reply->usage.tokens_out, 3);
}

TEST(ParseChat, EstimatesUsageThatIsMissingOrAbsurd) {
  for (const char* usage : {"null", R"({"prompt_tokens":-5,"completion_tokens":"many"})",
                            R"({"prompt_tokens":9000000000,"completion_tokens":1e30})"}) {
    const auto reply = ParseChat(
        Chat(),
        std::string(R"({"choices":[{"message":{"content":"12345678"}}],"usage":)") + usage + "}");
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->usage.tokens_in, 5) << usage;  // "Be brief." + "Say \"hi\".": 18 bytes
    EXPECT_EQ(reply->usage.tokens_out, 2) << usage;
  }
}

TEST(ParseChat, CallsAnUnusableReplyMalformed) {
  for (const char* body :
       {"", "{", "null", "[]", "[1]", "<html>Bad gateway</html>", "{}", R"({"choices":null})",
        R"({"choices":[]})", R"({"choices":[null]})", R"({"choices":["x"]})",
        R"({"choices":[{"message":null}]})", R"({"choices":[{"message":{"content":null}}]})",
        "{\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}"}) {
    const auto reply = ParseChat(Chat(), body);
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().code, ErrorCode::kMalformedReply) << body;
  }
}

TEST(ParseChat, SaysThatOnlyReasoningCame) {
  const auto reply = ParseChat(Chat(), R"({"choices":[{"finish_reason":"length",
      "message":{"content":null,"reasoning_content":"Let me think"}}]})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kMalformedReply);
  EXPECT_THAT(reply.error().message, HasSubstr("reasoning"));
  EXPECT_THAT(reply.error().message, HasSubstr("max_tokens"));
}

TEST(ParseChat, TakesRefusalsAndFilteredRepliesAsReplies) {
  const auto refusal =
      ParseChat(Chat(), R"({"choices":[{"message":{"content":null,"refusal":"I will not."}}]})");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->text, "I will not.");
  const auto filtered = ParseChat(
      Chat(), R"({"choices":[{"finish_reason":"content_filter","message":{"content":null}}]})");
  ASSERT_TRUE(filtered);
  EXPECT_EQ(filtered->text, "");
  EXPECT_EQ(filtered->finish, "content_filter");
}

TEST(ParseChat, SumsTheMassOfALabelOverItsSpellings) {
  const auto entry = [](const char* token, double p) {
    return Json{{"token", token}, {"logprob", std::log(p)}};
  };
  Json first = entry("A", 0.5);
  first["top_logprobs"] = {entry("A", 0.5), entry(" A", 0.1), entry("B", 0.2), entry("b", 0.05),
                           entry("The", 0.1)};
  const Json body = {
      {"choices",
       {{{"message", {{"content", "A"}}}, {"logprobs", {{"content", Json::array({first})}}}}}}};
  const auto reply = ParseChat(Labels(), DumpJson(body));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_THAT(reply->probs, ElementsAre(DoubleNear(0.6, 1e-12), DoubleNear(0.25, 1e-12)));
  EXPECT_EQ(reply->text, "A");
}

TEST(ParseChat, RefusesLabelsWithoutLogProbabilities) {
  for (const char* logprobs : {"null", R"({"content":null})", R"({"content":[]})", "7"}) {
    const auto reply =
        ParseChat(Labels(), std::string(R"({"choices":[{"message":{"content":"A"},"logprobs":)") +
                                logprobs + "}]}");
    ASSERT_FALSE(reply) << logprobs;
    EXPECT_EQ(reply.error().code, ErrorCode::kRefused);
    EXPECT_THAT(reply.error().message, HasSubstr("no log-probabilities"));
  }
}

TEST(LabelShares, CountsASpellingOnceAndForOneLabelOnly) {
  const double log_tenth = std::log(0.1);
  const auto shares = LabelShares({"A", "B", "tie"}, {{"\u2581A", log_tenth},
                                                      {"\u0120a", log_tenth},
                                                      {"A.", log_tenth},
                                                      {"\nB)", log_tenth},
                                                      {"T", log_tenth},
                                                      {"ti", log_tenth},
                                                      {"tied", log_tenth},
                                                      {"  ", log_tenth},
                                                      {"An", log_tenth}});
  EXPECT_THAT(shares,
              ElementsAre(DoubleNear(0.3, 1e-12), DoubleNear(0.1, 1e-12), DoubleNear(0.2, 1e-12)));
  EXPECT_THAT(LabelShares({"yes", "yet"}, {{"ye", log_tenth}, {"yes", log_tenth}}),
              ElementsAre(DoubleNear(0.1, 1e-12), 0.0));  // "ye" may become either
}

TEST(ParseError, SaysWhatTheCallerShouldDo) {
  const std::vector<std::pair<int, ErrorCode>> table = {
      {400, ErrorCode::kRefused},     {401, ErrorCode::kUnauthenticated},
      {402, ErrorCode::kRefused},     {403, ErrorCode::kUnauthenticated},
      {404, ErrorCode::kRefused},     {408, ErrorCode::kUnavailable},
      {409, ErrorCode::kUnavailable}, {413, ErrorCode::kRefused},
      {422, ErrorCode::kRefused},     {429, ErrorCode::kRateLimited},
      {500, ErrorCode::kUnavailable}, {502, ErrorCode::kUnavailable},
      {503, ErrorCode::kRateLimited}, {529, ErrorCode::kRateLimited}};
  for (const auto& [status, code] : table) {
    EXPECT_EQ(ParseError(status, "{}").code, code) << status;
  }
  EXPECT_EQ(ParseError(429, R"({"error":{"code":"insufficient_quota"}})").code,
            ErrorCode::kRefused);
}

TEST(ParseError, QuotesTheServersWordsOnOneShortLine) {
  EXPECT_EQ(ParseError(400, R"({"error":{"message":"no\nsuch\u001b[31m field"}})").message,
            "HTTP 400: no such [31m field");
  EXPECT_EQ(ParseError(400, R"({"error":"plain"})").message, "HTTP 400: plain");
  EXPECT_EQ(ParseError(400, R"({"detail":"other"})").message, "HTTP 400: other");
  EXPECT_EQ(ParseError(502, "<html>\xff</html>").message, "HTTP 502: <html>\uFFFD</html>");
  std::string long_body;
  for (int i = 0; i < 300; ++i) long_body += "é";
  const std::string message = ParseError(400, long_body).message;
  EXPECT_EQ(message.size(), std::string("HTTP 400: …").size() + 400);
}

}  // namespace
}  // namespace redraft::llm
