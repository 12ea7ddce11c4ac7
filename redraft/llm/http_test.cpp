#include "redraft/llm/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <thread>

#include "tests/mock_server/loopback_server.h"

namespace redraft::llm {
namespace {

using redraft::testing::Answer;
using redraft::testing::HttpAnswer;
using redraft::testing::LoopbackServer;
using redraft::testing::Received;
using ::testing::HasSubstr;
using ::testing::Not;

/// Posts and waits for the outcome.
Result<HttpResponse> Post(HttpClient& http, HttpRequest request) {
  std::promise<Result<HttpResponse>> outcome;
  http.Post(std::move(request),
            [&outcome](Result<HttpResponse> response) { outcome.set_value(std::move(response)); });
  return outcome.get_future().get();
}

/// What the client makes of an answer.
Result<HttpResponse> PostTo(LoopbackServer::Handler handler,
                            std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
  LoopbackServer server(std::move(handler));
  HttpClient http;
  return Post(http, {.url = server.url() + "/v1/x", .body = "{}", .timeout = timeout});
}

Result<HttpResponse> PostTo(Answer answer) {
  return PostTo([answer](const Received&) { return answer; });
}

TEST(HttpClient, PostsBodyAndHeadersAndReadsTheAnswer) {
  Received seen;
  LoopbackServer server([&seen](const Received& received) {
    seen = received;
    return HttpAnswer(201, R"({"ok":true})");
  });
  HttpClient http;
  const auto response = Post(http, {.url = server.url() + "/v1/x?y=1",
                                    .headers = {"X-One: 1", "Authorization: Bearer k"},
                                    .body = std::string("a\0b", 3)});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, R"({"ok":true})");
  EXPECT_EQ(response->retry_after_s, 0.0);
  EXPECT_EQ(response->location, "");
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/v1/x?y=1");
  EXPECT_EQ(seen.body, std::string("a\0b", 3));
  EXPECT_EQ(seen.Header("content-type"), "application/json");
  EXPECT_EQ(seen.Header("x-one"), "1");
  EXPECT_EQ(seen.Header("authorization"), "Bearer k");
  EXPECT_EQ(seen.Header("expect"), "");
}

TEST(HttpClient, KeepsConnectionsOpenForTheNextRequest) {
  LoopbackServer server([](const Received&) { return HttpAnswer(200, "{}"); });
  HttpClient http;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Post(http, {.url = server.url(), .body = "{}"}));
  EXPECT_EQ(server.requests(), 20);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, DrivesManyTransfersAtATime) {
  constexpr int kTransfers = 100;
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  LoopbackServer server([&](const Received& received) {  // answers when all have arrived
    std::unique_lock lock(mutex);
    if (++here == kTransfers) all_here.notify_all();
    all_here.wait(lock, [&] { return here == kTransfers; });
    return HttpAnswer(200, received.body);
  });
  HttpClient http;
  std::vector<std::promise<std::string>> bodies(kTransfers);
  for (int i = 0; i < kTransfers; ++i) {
    auto& body = bodies[static_cast<std::size_t>(i)];
    http.Post({.url = server.url(), .body = std::to_string(i)},
              [&body](Result<HttpResponse> r) { body.set_value(r ? r->body : r.error().message); });
  }
  for (int i = 0; i < kTransfers; ++i) {
    EXPECT_EQ(bodies[static_cast<std::size_t>(i)].get_future().get(), std::to_string(i));
  }
}

TEST(HttpClient, DecodesCompressedAndChunkedBodies) {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x2a\x48\x4c\xce\x4e\x4d\x51\xb2\x2a\x29\x2a"
      "\x4d\xad\x05\x00\x89\xe0\xb5\xdc\x0f\x00\x00\x00",
      35);
  const auto response = PostTo(HttpAnswer(200, packed, "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, R"({"packed":true})");
  const auto chunked =
      PostTo(Answer{.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "3\r\n{\"a\r\n5\r\n\":1} \r\n0\r\n\r\n"});
  ASSERT_TRUE(chunked) << chunked.error().message;
  EXPECT_EQ(chunked->body, "{\"a\":1} ");
}

TEST(HttpClient, ReadsRetryAfterInSecondsAndAsADate) {
  const auto seconds = PostTo(HttpAnswer(429, "", "Retry-After: 7\r\n"));
  ASSERT_TRUE(seconds);
  EXPECT_EQ(seconds->status, 429);
  EXPECT_EQ(seconds->retry_after_s, 7.0);
  const auto date = PostTo(HttpAnswer(503, "", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n"));
  ASSERT_TRUE(date);
  EXPECT_GT(date->retry_after_s, 1e6);
}

TEST(HttpClient, DoesNotFollowRedirects) {
  LoopbackServer other([](const Received&) { return HttpAnswer(200, "{}"); });
  const auto response = PostTo(HttpAnswer(307, "", "Location: " + other.url() + "/there\r\n"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 307);
  EXPECT_EQ(response->location, other.url() + "/there");
  EXPECT_EQ(other.requests(), 0);
}

TEST(HttpClient, CallsALostConnectionUnavailable) {
  std::string url;
  {
    LoopbackServer server([](const Received&) { return HttpAnswer(200, "{}"); });
    url = server.url();
  }  // nobody listens any more
  HttpClient http;
  const auto refused = Post(http, {.url = url, .body = "{}"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr(url));

  for (const Answer& answer :
       {Answer{.then = Answer::Then::kReset}, Answer{.then = Answer::Then::kClose}}) {
    const auto lost = PostTo(answer);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable) << lost.error().message;
  }
}

TEST(HttpClient, CallsAServerThatSaysNothingUnavailable) {
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nX-Never-Ending: 1\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"}) {
    const auto stalled = PostTo(
        [bytes](const Received&) { return Answer{.bytes = bytes, .then = Answer::Then::kStall}; },
        std::chrono::milliseconds(50));
    ASSERT_FALSE(stalled) << bytes;
    EXPECT_EQ(stalled.error().code, ErrorCode::kUnavailable) << bytes;
  }
}

TEST(HttpClient, CallsABrokenAnswerMalformed) {
  const Answer half{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half",
                    .then = Answer::Then::kClose};
  const Answer bad_encoding = HttpAnswer(200, "not gzip", "Content-Encoding: gzip\r\n");
  for (const Answer& answer : {half, bad_encoding}) {
    const auto response = PostTo(answer);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kMalformedReply) << response.error().message;
  }
}

TEST(HttpClient, ReadsNoMoreThanItMay) {
  LoopbackServer server([](const Received&) { return HttpAnswer(200, std::string(1000, ' ')); });
  HttpClient http;
  EXPECT_TRUE(Post(http, {.url = server.url(), .body = "{}", .max_response_bytes = 1000}));
  const auto response = Post(http, {.url = server.url(), .body = "{}", .max_response_bytes = 999});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kMalformedReply);
  EXPECT_THAT(response.error().message, HasSubstr("over 999 bytes"));
}

TEST(HttpClient, DoesNotRepeatARequestOnItsOwnWhenAKeptConnectionIsReset) {
  LoopbackServer server([](const Received& received) {
    return received.body == "reset" ? Answer{.then = Answer::Then::kReset} : HttpAnswer(200, "{}");
  });
  HttpClient http;
  ASSERT_TRUE(Post(http, {.url = server.url(), .body = "{}"}));  // leaves a connection open
  const auto lost = Post(http, {.url = server.url(), .body = "reset"});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(server.requests(), 2);
}

TEST(HttpClient, RefusesOtherProtocols) {
  HttpClient http;
  for (const char* url : {"file:///etc/hostname", "gopher://127.0.0.1:1/", "not a url"}) {
    const auto response = Post(http, {.url = url, .body = "{}"});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, ErrorCode::kConfig) << url;
  }
}

TEST(HttpClient, NeverShowsPasswordsOrHeaders) {
  LoopbackServer server([](const Received&) { return Answer{.then = Answer::Then::kReset}; });
  HttpClient http;
  const auto response = Post(
      http,
      {.url = "http://user:hunter2@127.0.0.1:" + std::to_string(server.port()) + "/v1?t=hunter3",
       .headers = {"Authorization: Bearer hunter4"},
       .body = "{}"});
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("127.0.0.1"));
  EXPECT_THAT(response.error().message, Not(HasSubstr("hunter")));
}

TEST(HttpClient, CancelEndsTheTransfersOfOneOwner) {
  LoopbackServer server([](const Received& received) {
    return received.body == "stall" ? Answer{.then = Answer::Then::kStall} : HttpAnswer(200, "{}");
  });
  HttpClient http;
  const int first_owner = 0;
  const int second_owner = 0;
  std::promise<ErrorCode> cancelled;
  std::promise<bool> kept;
  http.Post(&first_owner, {.url = server.url(), .body = "stall"}, [&](Result<HttpResponse> r) {
    cancelled.set_value(r ? ErrorCode::kFailed : r.error().code);
  });
  http.Cancel(&first_owner);
  EXPECT_EQ(cancelled.get_future().get(), ErrorCode::kCancelled);
  http.Post(&second_owner, {.url = server.url(), .body = "{}"},
            [&](Result<HttpResponse> r) { kept.set_value(r.has_value()); });
  http.Cancel(&first_owner);
  EXPECT_TRUE(kept.get_future().get());
}

TEST(HttpClient, CancelOfAPartLeavesTheOwnersOthersAlone) {
  std::atomic<bool> released = false;
  LoopbackServer server([&released](const Received& received) {
    if (received.body == "stall") return Answer{.then = Answer::Then::kStall};
    while (!released) std::this_thread::yield();
    return HttpAnswer(200, "{}");
  });
  HttpClient http;
  const int owner = 0, one = 0, other = 0;
  std::promise<ErrorCode> cancelled;
  std::promise<bool> kept;
  http.Post(&owner, {.url = server.url(), .body = "stall", .part = &one},
            [&](Result<HttpResponse> r) {
              cancelled.set_value(r ? ErrorCode::kFailed : r.error().code);
            });
  http.Post(&owner, {.url = server.url(), .body = "{}", .part = &other},
            [&](Result<HttpResponse> r) { kept.set_value(r.has_value()); });
  http.Cancel(&owner, &one);
  EXPECT_EQ(cancelled.get_future().get(), ErrorCode::kCancelled);
  released = true;
  EXPECT_TRUE(kept.get_future().get());
}

TEST(HttpClient, EndingCancelsWhatIsInFlight) {
  LoopbackServer server([](const Received&) { return Answer{.then = Answer::Then::kStall}; });
  std::atomic<int> cancelled = 0;
  {
    HttpClient http;
    for (int i = 0; i < 10; ++i) {
      http.Post({.url = server.url(), .body = "{}"}, [&cancelled](Result<HttpResponse> r) {
        if (!r && r.error().code == ErrorCode::kCancelled) ++cancelled;
      });
    }
  }
  EXPECT_EQ(cancelled, 10);
}

TEST(HttpClient, UsesTheProxyOfTheEnvironmentExceptForLoopback) {
  LoopbackServer proxy([](const Received& received) { return HttpAnswer(200, received.path); });
  LoopbackServer server([](const Received&) { return HttpAnswer(200, "direct"); });
  const char* const before = std::getenv("http_proxy");
  const std::string kept = before == nullptr ? "" : before;
  setenv("http_proxy", proxy.url().c_str(), 1);
  {
    HttpClient http;
    const auto far = Post(http, {.url = "http://model.example/v1", .body = "{}"});
    EXPECT_EQ(far ? far->body : far.error().message, "http://model.example/v1");
    const auto near = Post(http, {.url = server.url() + "/v1", .body = "{}"});
    EXPECT_EQ(near ? near->body : near.error().message, "direct");
  }
  before == nullptr ? unsetenv("http_proxy") : setenv("http_proxy", kept.c_str(), 1);
  EXPECT_EQ(proxy.requests(), 1);
}

}  // namespace
}  // namespace redraft::llm
