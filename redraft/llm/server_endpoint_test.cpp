#include "redraft/llm/server_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "redraft/llm/client.h"
#include "tests/mock_server/loopback_server.h"

namespace redraft::llm {
namespace {

using core::Request;
using redraft::testing::Answer;
using redraft::testing::HttpAnswer;
using redraft::testing::LoopbackServer;
using redraft::testing::Received;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-very-secret-0123456789";

Request Chat(const std::string& text = "hello") {
  Request request;
  request.model = "m";
  request.messages = {{"user", text}};
  request.max_tokens = 8;
  return request;
}

Answer Says(const std::string& text) {
  return HttpAnswer(200, DumpJson({{"model", "m"},
                                   {"choices", {{{"message", {{"content", text}}}}}},
                                   {"usage", {{"prompt_tokens", 5}, {"completion_tokens", 2}}}}));
}

ServerOptions Options(const std::string& url) {
  return {.name = "mock",
          .base_url = url,
          .model = "m",
          .key = kKey,
          .key_variable = "MOCK_API_KEY",
          .timeout = std::chrono::seconds(30)};
}

std::shared_ptr<ServerEndpoint> Open(ServerOptions options) {
  auto endpoint = ServerEndpoint::Open(std::move(options), std::make_shared<HttpClient>());
  EXPECT_TRUE(endpoint) << endpoint.error().message;
  return std::move(*endpoint);
}

Result<core::Reply> Send(Endpoint& endpoint, const Request& request) {
  std::promise<Result<core::Reply>> outcome;
  endpoint.Send(request, [&outcome](Result<core::Reply> r) { outcome.set_value(std::move(r)); });
  return outcome.get_future().get();
}

/// The error that one answer of the server becomes.
Error ErrorOf(const Answer& answer, const Request& request = Chat()) {
  LoopbackServer server([answer](const Received&) { return answer; });
  const auto reply = Send(*Open(Options(server.url())), request);
  EXPECT_FALSE(reply);
  return reply ? Error{} : reply.error();
}

TEST(ServerEndpoint, SendsAChatRequestAndReadsTheReply) {
  Received seen;
  LoopbackServer server([&seen](const Received& received) {
    seen = received;
    return Says("hi");
  });
  const auto reply = Send(*Open(Options(server.url() + "/v1/")), Chat());
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text, "hi");
  EXPECT_EQ(reply->usage.tokens_in, 5);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/v1/chat/completions");
  EXPECT_EQ(seen.Header("authorization"), std::string("Bearer ") + kKey);
  EXPECT_EQ(seen.body, R"({"model":"m","messages":[{"role":"user","content":"hello"}],)"
                       R"("temperature":1.0,"max_tokens":8})");
  for (const char* tag :
       {"x-redraft-role", "x-redraft-key", "x-redraft-first", "x-redraft-second"}) {
    EXPECT_FALSE(seen.headers.contains(tag)) << tag;
  }
}

TEST(ServerEndpoint, SendsNoAuthorizationWithoutAKey) {
  Received seen;
  LoopbackServer server([&seen](const Received& received) {
    seen = received;
    return Says("hi");
  });
  ServerOptions options = Options(server.url());
  options.key = "";
  ASSERT_TRUE(Send(*Open(options), Chat()));
  EXPECT_FALSE(seen.headers.contains("authorization"));
}

TEST(ServerEndpoint, TagsRequestsWhenAsked) {
  Received seen;
  LoopbackServer server([&seen](const Received& received) {
    seen = received;
    return Says("hi");
  });
  ServerOptions options = Options(server.url());
  options.tag_requests = true;
  const auto endpoint = Open(options);
  Request request = Chat();
  request.role = core::Role::kJudge;
  request.first = "g00-001";
  request.second = "my\r\nX-Evil: 1";  // ids are the user's, and must not become headers
  ASSERT_TRUE(Send(*endpoint, request));
  EXPECT_EQ(seen.Header("x-redraft-role"), "judge");
  EXPECT_EQ(seen.Header("x-redraft-key"), core::RequestKey(request));
  EXPECT_EQ(seen.Header("x-redraft-first"), "g00-001");
  EXPECT_EQ(seen.Header("x-redraft-second"), "my??X-Evil: 1");
  EXPECT_FALSE(seen.headers.contains("x-evil"));

  ASSERT_TRUE(Send(*endpoint, Chat()));
  EXPECT_EQ(seen.Header("x-redraft-role"), "draft");
  EXPECT_FALSE(seen.headers.contains("x-redraft-first"));
}

TEST(ServerEndpoint, MapsAnswersToErrors) {
  const std::string words = R"({"error":{"message":"the server's words"}})";
  const std::vector<std::pair<Answer, ErrorCode>> table = {
      {HttpAnswer(400, words), ErrorCode::kRefused},
      {HttpAnswer(401, words), ErrorCode::kUnauthenticated},
      {HttpAnswer(403, words), ErrorCode::kUnauthenticated},
      {HttpAnswer(404, words), ErrorCode::kRefused},
      {HttpAnswer(429, words), ErrorCode::kRateLimited},
      {HttpAnswer(500, words), ErrorCode::kUnavailable},
      {HttpAnswer(503, words), ErrorCode::kRateLimited},
      {HttpAnswer(529, words), ErrorCode::kRateLimited}};
  for (const auto& [answer, code] : table) {
    const Error error = ErrorOf(answer);
    EXPECT_EQ(error.code, code) << error.message;
    EXPECT_THAT(error.message, AllOf(HasSubstr("endpoint 'mock': http://127.0.0.1:"),
                                     HasSubstr("the server's words")));
  }
  EXPECT_EQ(ErrorOf(HttpAnswer(200, "{\"choices\":[")).code, ErrorCode::kMalformedReply);
  EXPECT_EQ(ErrorOf(HttpAnswer(204, "")).code, ErrorCode::kRefused);
}

TEST(ServerEndpoint, PassesOnHowLongTheServerWantsToRest) {
  EXPECT_EQ(ErrorOf(HttpAnswer(429, "", "Retry-After: 3\r\n")).retry_after_s, 3.0);
  EXPECT_EQ(ErrorOf(HttpAnswer(503, "", "Retry-After: 4\r\n")).retry_after_s, 4.0);
}

TEST(ServerEndpoint, SaysWhichKeyOrModelToCheck) {
  EXPECT_THAT(ErrorOf(HttpAnswer(401, "{}")).message, HasSubstr("check the key in MOCK_API_KEY"));
  EXPECT_THAT(ErrorOf(HttpAnswer(404, "{}")).message, HasSubstr("check the model 'm'"));
  LoopbackServer server([](const Received&) { return HttpAnswer(401, "{}"); });
  ServerOptions options = Options(server.url());
  options.key = "";
  const auto reply = Send(*Open(options), Chat());
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("no key was sent: set MOCK_API_KEY"));
}

TEST(ServerEndpoint, NeverRepeatsTheKeyThatAServerQuotes) {
  const std::string words = std::string("Incorrect API key: ") + kKey + " (" + kKey + ")";
  for (const int status : {400, 401, 404, 429, 500}) {
    const Error error = ErrorOf(HttpAnswer(status, DumpJson({{"error", {{"message", words}}}})));
    EXPECT_THAT(error.message, AllOf(HasSubstr("[key]"), Not(HasSubstr(kKey)))) << status;
  }
}

TEST(ServerEndpoint, QuotesTheBeginningOfAReplyThatItCannotUse) {
  const std::string shown = "<html>\nMaintenance" + std::string(62, '.');  // 80 characters
  const Error error = ErrorOf(HttpAnswer(200, shown + "not this"));
  EXPECT_EQ(error.code, ErrorCode::kMalformedReply);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("it sent '<html> Maintenance" + shown.substr(18) + "…'"),
                    Not(HasSubstr("not this"))));
  EXPECT_THAT(ErrorOf(HttpAnswer(200, "")).message, HasSubstr("it sent ''"));
  EXPECT_THAT(ErrorOf(HttpAnswer(200, R"({"error":{"message":"no such route"}})")).message,
              HasSubstr("holds no choices; it sent 'no such route'"));
}

TEST(ServerEndpoint, NeverRepeatsAPartOfTheKeyWhereAQuotationEnds) {
  const std::string start = std::string(kKey).substr(0, 5);
  for (const auto& [status, quoted] : {std::pair{200, 80}, std::pair{500, 200}}) {
    const std::string words(static_cast<std::size_t>(quoted) - 5, '.');
    const Error error = ErrorOf(HttpAnswer(status, words + kKey));
    EXPECT_THAT(error.message, AllOf(HasSubstr("[key]"), Not(HasSubstr(start)))) << status;
  }
}

TEST(ServerEndpoint, RefusesRedirectsSoThatTheKeyStaysHere) {
  LoopbackServer other([](const Received&) { return Says("hi"); });
  const Error error = ErrorOf(HttpAnswer(302, "", "Location: " + other.url() + "/v1\r\n"));
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("redirects to " + other.url()));
  EXPECT_EQ(other.requests(), 0);
}

TEST(ServerEndpoint, RefusesBadConfiguration) {
  const auto http = std::make_shared<HttpClient>();
  ServerOptions bad_url = Options("localhost:1");
  ServerOptions bad_key = Options("http://127.0.0.1:1");
  bad_key.key = std::string(kKey) + "\n";
  for (const ServerOptions& options : {bad_url, bad_key}) {
    const auto endpoint = ServerEndpoint::Open(options, http);
    ASSERT_FALSE(endpoint);
    EXPECT_EQ(endpoint.error().code, ErrorCode::kConfig);
    EXPECT_THAT(endpoint.error().message, Not(HasSubstr(kKey)));
  }
}

TEST(ServerEndpoint, CancelFailsWhatIsInFlight) {
  LoopbackServer server([](const Received&) { return Answer{.then = Answer::Then::kStall}; });
  const auto endpoint = Open(Options(server.url()));
  std::promise<ErrorCode> outcome;
  endpoint->Send(Chat(), [&outcome](Result<core::Reply> r) {
    outcome.set_value(r ? ErrorCode::kFailed : r.error().code);
  });
  endpoint->Cancel();
  EXPECT_EQ(outcome.get_future().get(), ErrorCode::kCancelled);
}

TEST(ServerEndpoint, ThroughTheClientEveryPassingFaultIsRepaired) {
  const std::vector<Answer> faults = {
      HttpAnswer(429, "", "Retry-After: 0\r\n"),
      HttpAnswer(500, "oops"),
      {.then = Answer::Then::kReset},
      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"choi",
       .then = Answer::Then::kClose},
      HttpAnswer(200, "{\"choices\":[{\"mess"),
      HttpAnswer(200, R"({"choices":[]})")};
  std::mutex mutex;
  std::map<std::string, int> tries;  // by body
  LoopbackServer server([&](const Received& received) {
    const std::lock_guard lock(mutex);
    const auto number = static_cast<std::size_t>(tries[received.body]++);
    const std::size_t kind = received.body.size() % faults.size();
    return number < 2 ? faults[(kind + number) % faults.size()] : Says(received.body.substr(0, 60));
  });
  core::MemoryReplyLog log;
  Client client(log, {.backoff = std::chrono::milliseconds(1)});
  client.AddEndpoint(Open(Options(server.url())));
  std::vector<Request> requests;
  for (int i = 0; i < 60; ++i)
    requests.push_back(Chat(std::string(static_cast<std::size_t>(i), 'x')));
  const auto replies = client.Ask(requests);
  ASSERT_TRUE(replies) << replies.error().message;
  EXPECT_EQ(replies->size(), 60U);
  EXPECT_EQ(server.requests(), 180);
  EXPECT_EQ(log.Total()->tries, 180);
}

TEST(ServerEndpoint, ThroughTheClientFinalFaultsAreAskedOnce) {
  for (const int status : {400, 401, 404}) {
    LoopbackServer server([status](const Received&) { return HttpAnswer(status, "{}"); });
    core::MemoryReplyLog log;
    Client client(log);
    client.AddEndpoint(Open(Options(server.url())));
    EXPECT_FALSE(client.Ask({Chat()}));
    EXPECT_EQ(server.requests(), 1) << status;
  }
}

TEST(ServerEndpoint, ThroughTheClientAnUnreachableServerIsUnavailable) {
  std::string url;
  {
    LoopbackServer server([](const Received&) { return Says("hi"); });
    url = server.url();
  }
  core::MemoryReplyLog log;
  Client client(log, {.backoff = std::chrono::milliseconds(1)});
  client.AddEndpoint(Open(Options(url)));
  const auto replies = client.Ask({Chat()});
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(replies.error().message, AllOf(HasSubstr("after 4 tries"), HasSubstr(url)));
}

TEST(ServerEndpoint, ThroughTheClientAServerOfRubbishIsUnavailableAndQuoted) {
  LoopbackServer server([](const Received&) { return HttpAnswer(200, "<html>Welcome</html>"); });
  core::MemoryReplyLog log;
  Client client(log, {.backoff = std::chrono::milliseconds(1)});
  client.AddEndpoint(Open(Options(server.url())));
  const auto replies = client.Ask({Chat()});
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(replies.error().message,
            "after 4 tries: endpoint 'mock': " + server.url() +
                "/v1/chat/completions: the reply is not JSON (20 bytes); it sent "
                "'<html>Welcome</html>'");
  EXPECT_EQ(server.requests(), 4);
}

TEST(ServerEndpoint, ThroughTheClientABudgetRefusesBeforeSending) {
  LoopbackServer server([](const Received&) { return Says("hi"); });
  core::MemoryReplyLog log;
  Client client(log, {.budget = {.max_calls = 5}});
  client.AddEndpoint(Open(Options(server.url())));
  std::vector<Request> requests;
  for (int i = 0; i < 20; ++i) requests.push_back(Chat(std::to_string(i)));
  const auto replies = client.Ask(requests);
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kBudgetExhausted);
  EXPECT_EQ(server.requests(), 5);

  Client next(log, {.budget = {.max_calls = 20}});
  next.AddEndpoint(Open(Options(server.url())));
  EXPECT_TRUE(next.Ask(requests));
  EXPECT_EQ(server.requests(), 20);
}

}  // namespace
}  // namespace redraft::llm
