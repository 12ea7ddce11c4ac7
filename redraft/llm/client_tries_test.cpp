// How requests become calls: several choices of one call, and second tries of slow ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "redraft/llm/client_fixtures.h"

namespace redraft::llm {
namespace {

using core::Reply;
using core::Request;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// A server that returns up to three choices of a call, or fails such calls as it is told.
class ChoosingEndpoint final : public Endpoint {
 public:
  ChoosingEndpoint() { info_ = {.name = "choosing", .model = "m", .max_choices = 3}; }
  const EndpointInfo& info() const override { return info_; }
  void Send(const Request& request, ReplyCallback done) override {
    ++alone;
    done(Echo(request, 1));
  }
  void SendChoices(const Request& request, int choices, ChoicesCallback done) override {
    sizes.push_back(choices);
    if (refusal) return done(Fail(*refusal));
    std::vector<Reply> replies;
    for (int i = 0; i < std::min(choices, most_returned); ++i) {
      replies.push_back(*Echo(request, 1));
      replies.back().text += " choice " + std::to_string(i);
    }
    done(std::move(replies));
  }
  void Cancel() override {}

  std::optional<Error> refusal;
  int most_returned = 3;
  std::vector<int> sizes;  // of calls for several choices
  int alone = 0;

 private:
  EndpointInfo info_;
};

/// `count` requests that differ in seed and replicate only.
std::vector<Request> Replicates(const std::string& text, int count) {
  std::vector<Request> requests(static_cast<std::size_t>(count), Chat(text));
  for (int i = 0; i < count; ++i) {
    requests[static_cast<std::size_t>(i)].replicate = i;
    requests[static_cast<std::size_t>(i)].seed = static_cast<std::uint64_t>(100 + i);
  }
  return requests;
}

std::vector<std::string> Texts(const Result<std::vector<Reply>>& replies) {
  std::vector<std::string> texts;
  EXPECT_TRUE(replies) << replies.error().message;
  if (replies) {
    for (const Reply& reply : *replies) texts.push_back(reply.text);
  }
  return texts;
}

TEST(ClientChoices, RequestsForTheSamePromptShareCalls) {
  const auto endpoint = std::make_shared<ChoosingEndpoint>();
  WatchedLog log;
  Client client(log, Quick());
  client.AddEndpoint(endpoint);
  std::vector<Request> requests = Replicates("x", 5);
  requests.push_back(Chat("y"));
  EXPECT_THAT(Texts(client.Ask(requests)), ElementsAre("x choice 0", "x choice 1", "x choice 2",
                                                       "x choice 0", "x choice 1", "y"));
  EXPECT_THAT(endpoint->sizes, ElementsAre(3, 2));
  EXPECT_EQ(endpoint->alone, 1);
  EXPECT_EQ(log.attempts.size(), 6U);  // each request has its own try on record
}

TEST(ClientChoices, WhatASharedCallDoesNotBringIsAskedForAlone) {
  const auto endpoint = std::make_shared<ChoosingEndpoint>();
  endpoint->most_returned = 1;
  core::MemoryReplyLog log;
  Client client(log, Quick());
  client.AddEndpoint(endpoint);
  EXPECT_THAT(Texts(client.Ask(Replicates("x", 3))), ElementsAre("x choice 0", "x", "x"));
  EXPECT_THAT(Texts(client.Ask(Replicates("z", 3))),
              UnorderedElementsAre("z choice 0", "z", "z"));  // a new Run tries again
}

TEST(ClientChoices, ARefusedSharedCallIsAskedOneByOne) {
  const auto endpoint = std::make_shared<ChoosingEndpoint>();
  endpoint->refusal = Error{ErrorCode::kRefused, "n is not supported"};
  core::MemoryReplyLog log;
  Client client(log, Quick());
  client.AddEndpoint(endpoint);
  EXPECT_THAT(Texts(client.Ask(Replicates("x", 4))), ElementsAre("x", "x", "x", "x"));
  EXPECT_EQ(endpoint->alone, 4);
}

/// Holds the first try at each request until it is abandoned; answers or fails the later ones.
class StallingEndpoint final : public Endpoint {
 public:
  explicit StallingEndpoint(bool second_fails = false) : second_fails_(second_fails) {}
  const EndpointInfo& info() const override { return info_; }
  void Send(const Request& request, ReplyCallback done) override {
    if (!held_.contains(&request)) {
      held_[&request] = std::move(done);
    } else if (second_fails_) {
      done(Fail(ErrorCode::kUnavailable, "the second fails"));
      std::exchange(held_[&request], {})(Echo(request, 1));
    } else {
      done(Echo(request, 2));
    }
  }
  void Abandon(const Request& request) override {
    ++abandoned;
    std::exchange(held_[&request], {})(Fail(ErrorCode::kCancelled, "abandoned"));
  }
  void Cancel() override {}
  int abandoned = 0;

 private:
  EndpointInfo info_{.name = "stalling", .model = "m"};
  bool second_fails_;
  std::map<const Request*, ReplyCallback> held_;
};

TEST(ClientHedging, ASlowTryIsOvertakenByASecondOneAndGivenUp) {
  const auto endpoint = std::make_shared<StallingEndpoint>();
  WatchedLog log;
  ClientOptions options = Quick();
  options.hedge_after = std::chrono::milliseconds(0);
  Client client(log, options);
  client.AddEndpoint(endpoint);
  EXPECT_THAT(Texts(client.Ask(Chats(3))), ElementsAre("request 0", "request 1", "request 2"));
  EXPECT_EQ(endpoint->abandoned, 3);
  ASSERT_EQ(log.attempts.size(), 6U);
  EXPECT_EQ(std::ranges::count_if(log.attempts, [](const auto& a) { return a.error.has_value(); }),
            3);
}

TEST(ClientHedging, AFailedSecondTryDoesNotEndTheFirst) {
  const auto endpoint = std::make_shared<StallingEndpoint>(true);
  WatchedLog log;
  ClientOptions options = Quick();
  options.hedge_after = std::chrono::milliseconds(0);
  Client client(log, options);
  client.AddEndpoint(endpoint);
  EXPECT_THAT(Texts(client.Ask({Chat("x")})), ElementsAre("x"));
  EXPECT_EQ(endpoint->abandoned, 0);
  EXPECT_EQ(log.attempts.size(), 2U);
}

TEST(ClientHedging, IsOffByDefaultAndNeverBreaksALimit) {
  EXPECT_FALSE(ClientOptions().hedge_after);
  const auto endpoint = std::make_shared<HoldingEndpoint>(false);
  core::MemoryReplyLog log;
  ClientOptions options = Quick();
  options.hedge_after = std::chrono::milliseconds(0);
  options.budget.max_calls = 1;
  Client client(log, options);
  client.AddEndpoint(endpoint);
  struct Releasing final : core::Job {
    std::vector<Request> Step(std::span<const Reply> replies) override {
      return replies.empty() ? std::vector<Request>{Chat("x")} : std::vector<Request>{};
    }
  } job;
  core::Job* const jobs[] = {&job};
  std::size_t most = 0;
  const auto watch = [&](const Progress&) {
    most = std::max(most, endpoint->held.size());
    if (most > 0) endpoint->Release();
  };
  EXPECT_TRUE(client.Run(jobs, watch));
  EXPECT_EQ(most, 1U);
}

}  // namespace
}  // namespace redraft::llm
