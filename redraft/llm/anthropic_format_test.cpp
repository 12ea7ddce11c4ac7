#include "redraft/llm/anthropic_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::llm {
namespace {

using core::Request;
using testing::HasSubstr;

Request Chat() {
  Request request;
  request.model = "m";
  request.messages = {{"system", "Be brief."}, {"user", "Say \"hi\"."}};
  request.max_tokens = 64;
  return request;
}

TEST(MessagesBody, IsTheMessagesFormat) {
  EXPECT_EQ(MessagesBody(Chat(), "claude"),
            R"({"model":"claude","max_tokens":64,"system":[{"type":"text","text":"Be brief."}],)"
            R"("messages":[{"role":"user","content":[{"type":"text","text":"Say \"hi\"."}]}],)"
            R"("temperature":1.0})");
}

TEST(MessagesBody, SendsWhatTheRequestSetsAndTheApiHas) {
  Request request = Chat();
  request.messages = {{"user", "a"}, {"assistant", "b"}, {"user", "c"}};
  request.sampling = {.temperature = 1.4, .top_p = 0.9, .min_p = 0.1, .top_k = 40};
  request.stop = {"END"};
  request.seed = 7;
  EXPECT_EQ(MessagesBody(request, "claude"),
            R"({"model":"claude","max_tokens":64,"messages":[)"
            R"({"role":"user","content":[{"type":"text","text":"a"}]},)"
            R"({"role":"assistant","content":[{"type":"text","text":"b"}]},)"
            R"({"role":"user","content":[{"type":"text","text":"c"}]}],)"
            R"("temperature":1.0,"top_p":0.9,"top_k":40,"stop_sequences":["END"]})");
  EXPECT_THAT(MessagesBody(request, "claude", {.sampling = false}),
              testing::Not(HasSubstr("temperature")));
}

TEST(MessagesBody, MarksWhatManyRequestsShareForTheCache) {
  Request request = Chat();
  const std::string rubric(4'000, 'r');
  request.messages[1] = {"user", rubric + "the texts", rubric.size()};
  const Json body = *ParseJson(MessagesBody(request, "claude"));
  EXPECT_FALSE(body["system"][0].contains("cache_control")) << "too short to be kept";
  const Json& content = body["messages"][0]["content"];
  ASSERT_EQ(content.size(), 2U);
  EXPECT_EQ(content[0]["text"], rubric);
  EXPECT_EQ(content[0]["cache_control"]["type"], "ephemeral");
  EXPECT_EQ(content[1]["text"], "the texts");
  EXPECT_FALSE(content[1].contains("cache_control"));
}

TEST(MessagesBody, MarksNothingBehindWhatBelongsToOneRequest) {
  Request request = Chat();
  const std::string shared(4'000, 's');
  request.messages = {
      {"system", std::string(4'000, 'r')}, {"user", "own"}, {"user", shared, 4'000}};
  const Json body = *ParseJson(MessagesBody(request, "claude"));
  EXPECT_TRUE(body["system"][0].contains("cache_control"));
  EXPECT_FALSE(body["messages"][1]["content"][0].contains("cache_control"));
}

TEST(MessagesBody, AsksForJsonThroughATool) {
  Request request = Chat();
  request.schema = {{"type", "object"}};
  const Json body = *ParseJson(MessagesBody(request, "claude"));
  EXPECT_EQ(body["tools"][0]["input_schema"], request.schema);
  EXPECT_EQ(body["tool_choice"], (Json{{"type", "tool"}, {"name", "reply"}}));
  const auto reply = ParseMessages(
      request, R"({"content":[{"type":"text","text":"Here:"},{"type":"tool_use","name":"reply",)"
               R"("input":{"winner":"A"}}],"stop_reason":"tool_use"})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, R"({"winner":"A"})");
  EXPECT_EQ(reply->finish, "stop");
}

TEST(ParseMessages, ReadsTextFinishModelAndUsage) {
  const auto reply = ParseMessages(
      Chat(), R"({"id":"x","type":"message","model":"claude-1","content":[{"type":"text",)"
              R"("text":"Good "},{"type":"text","text":"day."}],"stop_reason":"end_turn",)"
              R"("usage":{"input_tokens":10,"cache_read_input_tokens":200,)"
              R"("cache_creation_input_tokens":3000,"output_tokens":4}})");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text, "Good day.");
  EXPECT_EQ(reply->finish, "stop");
  EXPECT_EQ(reply->model, "claude-1");
  EXPECT_EQ(reply->usage.tokens_in, 3210);
  EXPECT_EQ(reply->usage.tokens_cached, 200);
  EXPECT_EQ(reply->usage.tokens_cache_written, 3000);
  EXPECT_EQ(reply->usage.tokens_out, 4);
}

TEST(ParseMessages, NamesTheReasonsToStopAsEveryFormatDoes) {
  for (const auto& [reason, finish] :
       std::vector<std::pair<std::string, std::string>>{{"end_turn", "stop"},
                                                        {"stop_sequence", "stop"},
                                                        {"max_tokens", "length"},
                                                        {"model_context_window_exceeded", "length"},
                                                        {"refusal", "content_filter"},
                                                        {"pause_turn", "pause_turn"}}) {
    const auto reply = ParseMessages(Chat(), R"({"content":[{"type":"text","text":"x"}],)"
                                             R"("stop_reason":")" +
                                                 reason + "\"}");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->finish, finish);
  }
  EXPECT_TRUE(ParseMessages(Chat(), R"({"content":[],"stop_reason":"refusal"})"));
}

TEST(ParseMessages, CallsAnUnusableReplyMalformedAndEstimatesAbsurdUsage) {
  for (const char* body : {"", "{", "[]", "{}", R"({"content":"text"})", R"({"content":[]})",
                           R"({"content":[{"type":"thinking","thinking":"hm"}]})"}) {
    const auto reply = ParseMessages(Chat(), body);
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().code, ErrorCode::kMalformedReply);
  }
  const auto reply = ParseMessages(
      Chat(), R"({"content":[{"type":"text","text":"12345678"}],"usage":{"input_tokens":-3,)"
              R"("output_tokens":99999999999999999999,"cache_read_input_tokens":"many"}})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->usage.tokens_in, 5);  // 19 bytes of prompt
  EXPECT_EQ(reply->usage.tokens_out, 2);
  EXPECT_EQ(reply->usage.tokens_cached, 0);
}

TEST(AnthropicFormat, SendsTheKeyInItsOwnHeader) {
  const auto format = AnthropicFormat("https://host/v1", "claude");
  EXPECT_EQ(format->Url(core::RequestKind::kChat), "https://host/v1/messages");
  EXPECT_THAT(format->Headers("k"),
              testing::ElementsAre("anthropic-version: 2023-06-01", "x-api-key: k"));
  EXPECT_FALSE(format->Answers(core::RequestKind::kLabels));
}

}  // namespace
}  // namespace redraft::llm
