#include "redraft/llm/pool_endpoint.h"

#include <gtest/gtest.h>

#include <map>

#include "redraft/llm/client_fixtures.h"

namespace redraft::llm {
namespace {

struct Member {
  std::shared_ptr<ScriptedEndpoint> endpoint;
  std::shared_ptr<bool> broken = std::make_shared<bool>(false);
};

Member Server(const std::string& name, Prices prices = {}) {
  Member member;
  ScriptedOptions options = Model("m");
  options.info.name = name;
  options.info.prices = prices;
  member.endpoint = Scripted(
      [name, broken = member.broken](const core::Request&, int) -> Result<core::Reply> {
        if (*broken) return Fail(ErrorCode::kUnavailable, name + " is down");
        return core::Reply{.text = name, .finish = "stop", .usage = {.tokens_in = 1'000'000}};
      },
      options);
  return member;
}

Result<core::Reply> Ask(Endpoint& pool, const core::Request& request) {
  std::optional<Result<core::Reply>> outcome;
  pool.Send(request, [&outcome](Result<core::Reply> reply) { outcome = std::move(reply); });
  return *outcome;
}

core::Request JudgeOf(const std::string& first, const std::string& text) {
  core::Request request = Chat(text, core::Role::kJudge);
  request.first = first;
  return request;
}

TEST(PoolEndpoint, RequestsThatBeginAlikeGoToTheSameMember) {
  const Member a = Server("a"), b = Server("b"), c = Server("c");
  PoolEndpoint pool("pool", "m", {{a.endpoint}, {b.endpoint}, {c.endpoint}});
  std::map<std::string, int> used;
  for (int text = 0; text < 60; ++text) {
    const std::string first = "g00-" + std::to_string(text);
    const std::string server = Ask(pool, JudgeOf(first, "one"))->text;
    EXPECT_EQ(Ask(pool, JudgeOf(first, "another"))->text, server);
    ++used[server];
  }
  EXPECT_EQ(used.size(), 3U);
}

TEST(PoolEndpoint, WeightsAreShares) {
  const Member a = Server("a"), b = Server("b");
  PoolEndpoint pool("pool", "m", {{a.endpoint, 3.0}, {b.endpoint, 1.0}});
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(Ask(pool, Chat("text " + std::to_string(i))));
  EXPECT_NEAR(a.endpoint->tries(), 750, 60);
}

TEST(PoolEndpoint, ABrokenMemberIsPassedOverAndTriedAgainLater) {
  ManualClock clock;
  const Member a = Server("a"), b = Server("b");
  PoolEndpoint pool("pool", "m", {{a.endpoint}, {b.endpoint}}, &clock);
  std::string text = "text";
  while (Ask(pool, Chat(text))->text != "a") text += "!";
  *a.broken = true;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Ask(pool, Chat(text)));
  const int before = a.endpoint->tries();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Ask(pool, Chat(text))->text, "b");
  EXPECT_EQ(a.endpoint->tries(), before);
  clock.Advance(std::chrono::seconds(31));
  EXPECT_FALSE(Ask(pool, Chat(text))) << "one request tries it";
  EXPECT_EQ(Ask(pool, Chat(text))->text, "b");
  *a.broken = false;
  clock.Advance(std::chrono::seconds(301));
  EXPECT_EQ(Ask(pool, Chat(text))->text, "a");
  EXPECT_EQ(Ask(pool, Chat(text))->text, "a");
}

TEST(PoolEndpoint, WhenAllAreBrokenTheOneThatRestedLongestIsTried) {
  ManualClock clock;
  const Member a = Server("a");
  *a.broken = true;
  PoolEndpoint pool("pool", "m", {{a.endpoint}}, &clock);
  for (int i = 0; i < 7; ++i) {
    const auto reply = Ask(pool, Chat("x"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().message, "a is down");
  }
}

TEST(PoolEndpoint, ChargesWhatTheMemberCostsAndPromisesTheHighest) {
  const Member cheap = Server("cheap", {.in = 1.0, .out = 4.0});
  const Member dear = Server("dear", {.in = 3.0, .out = 2.0});
  PoolEndpoint pool("pool", "m", {{cheap.endpoint}, {dear.endpoint}});
  EXPECT_EQ(pool.info().prices.in, 3.0);
  EXPECT_EQ(pool.info().prices.out, 4.0);
  for (int i = 0; i < 20; ++i) {
    const auto reply = Ask(pool, Chat(std::to_string(i)));
    EXPECT_EQ(reply->usage.cost, reply->text == "cheap" ? 1.0 : 3.0);
  }
}

TEST(PoolEndpoint, ThroughTheClientOneDeadServerOfTwoChangesNothing) {
  const Member a = Server("a"), b = Server("b");
  *a.broken = true;
  core::MemoryReplyLog log;
  ClientOptions options = Quick();
  options.max_tries = 8;
  Client client(log, options);
  client.AddEndpoint(std::make_shared<PoolEndpoint>(
      "pool", "m", std::vector<PoolMember>{{a.endpoint}, {b.endpoint}}));
  const auto replies = client.Ask(Chats(200));
  ASSERT_TRUE(replies) << replies.error().message;
  for (const core::Reply& reply : *replies) EXPECT_EQ(reply.text, "b");
  EXPECT_LE(a.endpoint->tries(), 25);
}

}  // namespace
}  // namespace redraft::llm
