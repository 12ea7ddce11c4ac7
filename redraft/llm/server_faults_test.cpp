// What servers do wrong, one fault at a time, from a loopback server. The faults that the client
// repairs by asking again are in server_endpoint_test.cpp and faults_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "redraft/llm/client_fixtures.h"
#include "redraft/llm/raw_server.h"
#include "redraft/llm/server_endpoint.h"
#include "redraft/llm/tls_server.h"
#include "tests/mock_server/loopback_server.h"

namespace redraft::llm {
namespace {

using redraft::testing::Answer;
using redraft::testing::HttpAnswer;
using redraft::testing::LoopbackServer;
using redraft::testing::Received;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-very-secret-0123456789";
const std::string kEscape = "\x1b";

ServerOptions Options(const std::string& url, Wire wire = Wire::kOpenAi) {
  return {.name = "mock",
          .wire = wire,
          .base_url = url,
          .model = "m",
          .key = kKey,
          .key_variable = "MOCK_API_KEY",
          .timeout = std::chrono::seconds(60)};
}

Result<core::Reply> Ask(const ServerOptions& options,
                        const core::Request& request = Chat("hello")) {
  auto endpoint = ServerEndpoint::Open(options, std::make_shared<HttpClient>());
  if (!endpoint) return Fail(endpoint.error());
  std::promise<Result<core::Reply>> outcome;
  (*endpoint)->Send(request,
                    [&outcome](Result<core::Reply> reply) { outcome.set_value(std::move(reply)); });
  return outcome.get_future().get();
}

Error ErrorOf(const ServerOptions& options) {
  const auto reply = Ask(options);
  EXPECT_FALSE(reply);
  return reply ? Error{} : reply.error();
}

Error ErrorOf(const std::string& bytes, Answer::Then then = Answer::Then::kClose) {
  LoopbackServer server([&](const Received&) { return Answer{.bytes = bytes, .then = then}; });
  return ErrorOf(Options(server.url()));
}

void ExpectPrintable(const std::string& message) {
  for (const char c : message) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) << message;
  }
  EXPECT_THAT(message, Not(HasSubstr(kKey)));
}

TEST(ServerFaults, AReplyOfAHundredMegabytesIsCutOffEarly) {
  std::size_t sent = 0;
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n";
  LoopbackServer server([&](const Received&) {
    Answer answer{.bytes = head + std::string(std::size_t{100} << 20, 'x'),
                  .then = Answer::Then::kClose};
    sent = answer.bytes.size();
    return answer;
  });
  const Error error = ErrorOf(Options(server.url()));
  EXPECT_EQ(error.code, ErrorCode::kMalformedReply);
  EXPECT_THAT(error.message, HasSubstr("over 16777216 bytes"));
}

TEST(ServerFaults, AHeaderThatNeverEndsIsCutOff) {
  std::string header = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 40'000; ++i) header += "X-More-" + std::to_string(i) + ": more\r\n";
  const Error error = ErrorOf(header, Answer::Then::kStall);
  EXPECT_EQ(error.code, ErrorCode::kMalformedReply) << error.message;
  EXPECT_THAT(error.message, HasSubstr("headers of the reply are over"));
}

TEST(ServerFaults, AServerThatDripsIsGivenUpAtTheTimeOfOneTry) {
  LoopbackServer server([](const Received&) {
    return Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{",
                  .then = Answer::Then::kStall};
  });
  ServerOptions options = Options(server.url());
  options.timeout = std::chrono::milliseconds(200);
  EXPECT_EQ(ErrorOf(options).code, ErrorCode::kUnavailable);
}

TEST(ServerFaults, ARedirectToAnotherHostGetsNeitherTheKeyNorTheText) {
  LoopbackServer other([](const Received&) { return HttpAnswer(200, "{}"); });
  for (const int status : {301, 302, 307, 308}) {
    LoopbackServer server([&](const Received&) {
      return HttpAnswer(status, "", "Location: " + other.url() + "/v1/chat/completions\r\n");
    });
    for (const Wire wire : {Wire::kOpenAi, Wire::kAnthropic}) {
      const Error error = ErrorOf(Options(server.url(), wire));
      EXPECT_EQ(error.code, ErrorCode::kRefused);
      EXPECT_THAT(error.message, HasSubstr("redirects are not followed"));
    }
  }
  EXPECT_EQ(other.requests(), 0);
  EXPECT_EQ(other.connections(), 0);
}

TEST(ServerFaults, WhatAServerSaysNeverReachesATerminalRaw) {
  const std::string title = kEscape + "]0;owned\x07" + kEscape + "[2J\xC2\x9B" + "31m";
  const std::string nul("a\0b", 3);
  for (const int status : {200, 400, 401, 429, 500}) {
    for (const std::string& words : {title, nul, std::string("\xFF\xFE bad \xC3")}) {
      const Error plain = ErrorOf(HttpAnswer(status, words).bytes);
      ExpectPrintable(plain.message);
      EXPECT_THAT(plain.message, Not(HasSubstr("\xC2\x9B")));
      const Error json =
          ErrorOf(HttpAnswer(status, DumpJson({{"error", {{"message", words + kKey}}}})).bytes);
      ExpectPrintable(json.message);
    }
  }
  ExpectPrintable(ErrorOf("HTTP/1.1 302 x\r\nLocation: http://h/" + kEscape +
                          "]0;x\r\n"
                          "Content-Length: 0\r\n\r\n")
                      .message);
}

TEST(ServerFaults, InvalidUtf8InAReplyIsMalformed) {
  const std::string body = "{\"choices\":[{\"message\":{\"content\":\"\xFF\xFE\"}}]}";
  EXPECT_EQ(ErrorOf(HttpAnswer(200, body).bytes).code, ErrorCode::kMalformedReply);
}

TEST(ServerFaults, AnAnthropicServersFaultsMeanTheSame) {
  const std::string words =
      R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})";
  const std::vector<std::tuple<int, std::string, ErrorCode>> table = {
      {529, words, ErrorCode::kRateLimited},
      {429, words, ErrorCode::kRateLimited},
      {401, words, ErrorCode::kUnauthenticated},
      {404, words, ErrorCode::kRefused},
      {500, words, ErrorCode::kUnavailable},
      {200, "{\"content\":", ErrorCode::kMalformedReply},
      {200, R"({"content":[]})", ErrorCode::kMalformedReply}};
  for (const auto& [status, body, code] : table) {
    LoopbackServer server([&](const Received&) { return HttpAnswer(status, body); });
    const Error error = ErrorOf(Options(server.url(), Wire::kAnthropic));
    EXPECT_EQ(error.code, code) << error.message;
  }
}

TEST(ServerFaults, AFieldThatAServerRefusesIsLeftOutFromThenOn) {
  std::vector<std::string> bodies;
  LoopbackServer server([&](const Received& received) {
    bodies.push_back(received.body);
    if (received.body.find("\"max_tokens\"") != std::string::npos) {
      return HttpAnswer(400,
                        R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not )"
                        R"(supported with this model. Use 'max_completion_tokens' instead."}})");
    }
    if (received.body.find("temperature") != std::string::npos) {
      return HttpAnswer(400, R"({"error":{"message":"Unsupported value: 'temperature' does not )"
                             R"(support 0.7 with this model."}})");
    }
    return HttpAnswer(200, R"({"choices":[{"message":{"content":"hi"}}]})");
  });
  auto opened = ServerEndpoint::Open(Options(server.url()), std::make_shared<HttpClient>());
  ASSERT_TRUE(opened);
  core::MemoryReplyLog log;
  Client client(log, Quick());
  client.AddEndpoint(std::move(*opened));
  const auto first = client.Ask({Chat("one")});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(bodies.size(), 3U);
  EXPECT_EQ(log.Total()->tries, 1) << "a refused field costs no try";
  ASSERT_TRUE(client.Ask({Chat("two")}));
  ASSERT_EQ(bodies.size(), 4U);
  EXPECT_EQ(bodies.back(), R"({"model":"m","messages":[{"role":"user","content":"two"}],)"
                           R"("max_completion_tokens":10})");
}

TEST(ServerFaults, ARefusalThatTeachesNothingIsFinal) {
  int asked = 0;
  LoopbackServer server([&](const Received&) {
    ++asked;
    return HttpAnswer(400, R"({"error":{"message":"'max_completion_tokens' is too large"}})");
  });
  EXPECT_EQ(ErrorOf(Options(server.url())).code, ErrorCode::kRefused);
  EXPECT_EQ(asked, 2) << "once with the other name";
}

TEST(ServerFaults, AServerWhoseRateIsUsedUpIsLeftAlone) {
  LoopbackServer server([](const Received&) {
    return HttpAnswer(200, R"({"choices":[{"message":{"content":"hi"}}]})",
                      "X-RateLimit-Remaining-Requests: 0\r\nX-RateLimit-Reset-Requests: 6m0s\r\n");
  });
  auto endpoint = ServerEndpoint::Open(Options(server.url()), std::make_shared<HttpClient>());
  ASSERT_TRUE(endpoint);
  EXPECT_EQ((*endpoint)->Rest(), std::chrono::nanoseconds(0));
  std::promise<void> done;
  (*endpoint)->Send(Chat("x"), [&](const Result<core::Reply>&) { done.set_value(); });
  done.get_future().get();
  EXPECT_GT((*endpoint)->Rest(), std::chrono::minutes(4));
}

TEST(ServerFaults, AnEchoedModelAndAnAbsurdUsageAreRecordedNotBelieved) {
  LoopbackServer server([](const Received&) {
    return HttpAnswer(200, R"({"model":"another","choices":[{"message":{"content":"12345678"},)"
                           R"("finish_reason":"length"}],"usage":{"prompt_tokens":-1,)"
                           R"("completion_tokens":1e300,"prompt_tokens_details":)"
                           R"({"cached_tokens":99}}})");
  });
  const auto reply = Ask(Options(server.url()));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->model, "another");
  EXPECT_EQ(reply->finish, "length");
  EXPECT_EQ(reply->usage.tokens_in, 2);
  EXPECT_EQ(reply->usage.tokens_out, 2);
  EXPECT_LE(reply->usage.tokens_cached, reply->usage.tokens_in);
}

TEST(ServerFaults, ACertificateThatDoesNotVerifyIsRefusedAndNotAskedAgain) {
  const Certificate certificate;
  const TlsServer server({"openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert",
                          certificate.file(), "-key", certificate.key()},
                         "ACCEPT ");
  const Error error = ErrorOf(Options("https://127.0.0.1:" + server.port()));
  EXPECT_EQ(error.code, ErrorCode::kRefused) << error.message;
  EXPECT_THAT(error.message, HasSubstr("certificate"));
  EXPECT_THAT(error.message, Not(HasSubstr(kKey)));
}

}  // namespace
}  // namespace redraft::llm
