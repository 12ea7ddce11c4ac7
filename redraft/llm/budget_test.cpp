#include "redraft/llm/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "redraft/llm/client_fixtures.h"

namespace redraft::llm {
namespace {

using core::Reply;
using core::Request;
using core::Role;
using ::testing::HasSubstr;

constexpr double kPerMillion = 1e-6;

EndpointInfo Priced(double price_in, double price_out) {
  return {.model = "m", .prices = {.in = price_in, .out = price_out}};
}

TEST(BudgetAccount, HoldsTheWorstCaseOfEachKindOfRequest) {
  // "request" is 7 bytes, a message has 16 more: 23 / 3 + 1 = 8 tokens.
  BudgetAccount account({});
  const EndpointInfo info = Priced(3.0, 15.0);
  Request request = Chat("request");
  const auto chat = account.Reserve(request, info);
  ASSERT_TRUE(chat && *chat);
  EXPECT_EQ((*chat)->tokens_in, 8);
  EXPECT_EQ((*chat)->tokens_out, 10);
  EXPECT_DOUBLE_EQ((*chat)->cost, (8 * 3.0 + 10 * 15.0) * kPerMillion);
  request.kind = core::RequestKind::kLabels;
  EXPECT_EQ((**account.Reserve(request, info)).tokens_out, 1);
  request.kind = core::RequestKind::kEmbedding;
  request.messages.clear();
  request.text = std::string(29, 'x');
  const auto embedding = account.Reserve(request, info);
  EXPECT_EQ((*embedding)->tokens_in, 10);
  EXPECT_EQ((*embedding)->tokens_out, 0);
}

TEST(BudgetAccount, WaitsForWhatIsHeldAndRefusesWhatCanNeverFit) {
  BudgetAccount account({.max_tokens = 30});  // one try holds 18
  const auto first = account.Reserve(Chat("request"), {});
  ASSERT_TRUE(first && *first);
  const auto second = account.Reserve(Chat("request"), {});
  ASSERT_TRUE(second);
  EXPECT_FALSE(*second);
  EXPECT_EQ(account.spent().tries, 1);

  account.Settle(Role::kDraft, **first, {.tokens_in = 7, .tokens_out = 5});  // leaves 18
  const auto third = account.Reserve(Chat("request"), {});
  ASSERT_TRUE(third && *third);
  account.Settle(Role::kDraft, **third, {.tokens_in = 1, .tokens_out = 0});  // leaves 17
  const auto fourth = account.Reserve(Chat("request"), {});
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, ErrorCode::kBudgetExhausted);
  EXPECT_EQ(fourth.error().message,
            "budget reached: 13 of 30 tokens used and the next request may take 18; run again with "
            "a higher limit to go on");
  EXPECT_EQ(account.spent().tries, 2);
}

TEST(BudgetAccount, KeepsARoleWithinItsOwnLimits) {
  Budget budget;
  budget.max_calls = 10;
  budget.by_role = {{Role::kJudge, {.max_calls = 1}}};
  BudgetAccount account(budget);
  ASSERT_TRUE(account.Reserve(Chat("x", Role::kJudge), Priced(0, 0)));
  const auto second = account.Reserve(Chat("y", Role::kJudge), Priced(0, 0));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kBudgetExhausted);
  EXPECT_NE(second.error().message.find("1 of 1 calls of judge"), std::string::npos)
      << second.error().message;
  EXPECT_TRUE(account.Reserve(Chat("y", Role::kDraft), Priced(0, 0)));
  EXPECT_EQ(account.spent().by_role.at(Role::kJudge).tries, 1);
}

TEST(BudgetAccount, SaysHowNearTheNearestLimitIs) {
  EXPECT_EQ(BudgetAccount({}).use().share, 0.0);
  BudgetAccount account({.max_calls = 10, .max_tokens = 100});
  const auto held = account.Reserve(Chat("x"), Priced(0, 0));
  ASSERT_TRUE(held && *held);
  EXPECT_EQ(account.use().limit, "calls");
  account.Settle(Role::kDraft, **held, {.tokens_in = 60, .tokens_out = 20});
  EXPECT_EQ(account.use().share, 0.8);
  EXPECT_EQ(account.use().limit, "tokens");
}

TEST(Cost, CountsCachedTokensAtTheirOwnPrice) {
  const core::Usage usage{
      .tokens_in = 1'000'000, .tokens_cached = 600'000, .tokens_cache_written = 300'000};
  EXPECT_DOUBLE_EQ(Cost({.in = 10.0}, usage), 10.0);
  EXPECT_DOUBLE_EQ(Cost({.in = 10.0, .cache_read = 1.0, .cache_write = 12.5}, usage),
                   1.0 + 0.6 + 3.75);
}

TEST(BudgetAccount, NamesTheLimitThatIsReached) {
  const auto refusal = [](Budget budget) {
    BudgetAccount account(budget);
    account.Begin({.tries = 5, .usage = {.tokens_in = 90, .tokens_out = 10, .cost = 0.5}});
    const auto held = account.Reserve(Chat("request"), Priced(1.0, 1.0));
    EXPECT_FALSE(held);
    return held ? "" : held.error().message;
  };
  EXPECT_THAT(refusal({.max_calls = 5}), HasSubstr("5 of 5 calls used"));
  EXPECT_THAT(refusal({.max_tokens = 110}), HasSubstr("100 of 110 tokens used"));
  EXPECT_THAT(refusal({.max_cost = 0.5}), HasSubstr("0.5 of 0.5 units of cost used"));
}

TEST(BudgetAccount, BeginForgetsWhatWasHeldButNotWhichTriesWereExempt) {
  BudgetAccount account({.max_calls = 1, .max_tokens = 20});
  ASSERT_TRUE(*account.Reserve(Chat("request", Role::kCheck), {}));
  EXPECT_FALSE(*account.Reserve(Chat("request"), {}));
  account.Begin({.tries = 1});
  EXPECT_TRUE(*account.Reserve(Chat("request"), {}));
}

RC_GTEST_PROP(BudgetAccount, SettlingEverythingLeavesTheSumOfWhatWasUsed, ()) {
  BudgetAccount account({});
  const auto committed = *rc::gen::inRange<std::int64_t>(0, 1000);
  account.Begin({.tries = 3, .usage = {.tokens_in = committed}});
  std::vector<core::Usage> held;
  std::int64_t sum = committed;
  const int tries = *rc::gen::inRange(1, 30);
  for (int i = 0; i < tries; ++i) held.push_back(**account.Reserve(Chat("request"), {}));
  RC_ASSERT(account.spent().usage.tokens_in == committed);  // what is held is not spent
  for (const core::Usage& each : held) {
    const auto used = *rc::gen::inRange<std::int64_t>(0, 50);
    account.Settle(Role::kDraft, each, {.tokens_in = used});
    sum += used;
  }
  RC_ASSERT(account.spent().usage.tokens_in == sum);
  RC_ASSERT(account.spent().tries == 3 + tries);
}

TEST(ClientBudget, CountsTriesAndStopsBeforeTheNext) {
  core::MemoryReplyLog log;
  const auto endpoint = Scripted([](const Request& request, int number) -> Result<Reply> {
    if (number == 1) return Fail(ErrorCode::kUnavailable, "again");
    return Echo(request, number);
  });
  ClientOptions options = Quick();
  options.budget.max_calls = 7;
  Client client(log, options);
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask(Chats(10));
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kBudgetExhausted);
  EXPECT_THAT(replies.error().message, HasSubstr("7 of 7 calls"));
  EXPECT_EQ(endpoint->tries(), 7);
}

TEST(ClientBudget, IsResumableAndCountsEarlierSessions) {
  core::MemoryReplyLog log;
  const auto endpoint = Scripted(Echo);
  for (const int limit : {4, 4, 9, 10, 10}) {
    Client client(log, {.budget = {.max_calls = limit}});
    client.AddEndpoint(endpoint);
    EXPECT_EQ(client.Ask(Chats(10)).has_value(), limit == 10);
    EXPECT_EQ(endpoint->tries(), limit);
  }
}

TEST(ClientBudget, CallsOfChecksAndProbesDoNotCount) {
  core::MemoryReplyLog log;
  const auto endpoint = Scripted(Echo);
  Client client(log, {.budget = {.max_calls = 2}});
  client.AddEndpoint(endpoint);
  std::vector<Request> checks;
  for (int i = 0; i < 5; ++i) {
    checks.push_back(Chat("check " + std::to_string(i), i % 2 ? Role::kCheck : Role::kProbe));
  }
  EXPECT_TRUE(client.Ask(checks));
  EXPECT_TRUE(client.Ask(Chats(2)));
  EXPECT_FALSE(client.Ask(Chats(3)));
  EXPECT_EQ(endpoint->tries(), 7);
}

RC_GTEST_PROP(ClientBudget, TokensAndCostAreNeverOverspent, ()) {
  const auto max_tokens = *rc::gen::inRange<std::int64_t>(1, 4000);
  const bool by_cost = *rc::gen::arbitrary<bool>();
  core::MemoryReplyLog log;
  ScriptedOptions model = Model("m", *rc::gen::arbitrary<std::uint64_t>());
  model.info.prices = {.in = 2.0, .out = 2.0};
  // At most what was reserved: 26 to 30 bytes are 9 or 10 tokens + 1 in, 10 out.
  const auto endpoint = Scripted(
      [](const Request&, int number) {
        return Result<Reply>(
            Reply{.text = "x", .usage = {.tokens_in = 5 + number, .tokens_out = 9}});
      },
      model);
  ClientOptions options{.concurrency = *rc::gen::inRange(1, 30)};
  if (by_cost) {
    options.budget.max_cost = 2.0 * static_cast<double>(max_tokens) / 1e6;
  } else {
    options.budget.max_tokens = max_tokens;
  }
  Client client(log, options);
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask(Chats(150));
  const core::Spent spent = *log.Total();
  const std::int64_t used = spent.usage.tokens_in + spent.usage.tokens_out;
  RC_ASSERT(used <= max_tokens);
  RC_ASSERT(replies.has_value() || replies.error().code == ErrorCode::kBudgetExhausted);
  // It does not stop early either: a request that did not fit could have taken this much.
  if (!replies) {
    RC_ASSERT(used + 25 > max_tokens);
  }
  RC_ASSERT(replies.has_value() == (spent.tries == 150));
}

TEST(ClientBudget, StopsWhenTheTimeIsOver) {
  core::MemoryReplyLog log;
  ManualClock clock;
  ClientOptions options = Quick();
  options.clock = &clock;
  options.concurrency = 1;
  options.budget.max_seconds = 10.0;
  Client client(log, options);
  client.AddEndpoint(Scripted([&clock](const Request& request, int number) {
    clock.Advance(std::chrono::seconds(4));
    return Echo(request, number);
  }));
  const auto replies = client.Ask(Chats(9));
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kBudgetExhausted);
  EXPECT_NE(replies.error().message.find("10 seconds"), std::string::npos);
  EXPECT_LT(log.Total()->tries, 9);
}

TEST(ClientBudget, TheTimeOfEarlierSessionsCounts) {
  struct Earlier final : core::ReplyLog {
    Result<std::optional<core::Reply>> Find(const std::string& key) override {
      return log.Find(key);
    }
    Status Plan(std::span<const core::PlannedRequest> requests) override {
      return log.Plan(requests);
    }
    Status Commit(std::span<const core::Attempt> attempts) override { return log.Commit(attempts); }
    Result<core::Spent> Total() override {
      core::Spent spent = *log.Total();
      spent.busy_s = 9.0;
      return spent;
    }
    core::MemoryReplyLog log;
  } log;
  ManualClock clock;
  ClientOptions options = Quick();
  options.clock = &clock;
  options.budget.max_seconds = 10.0;
  Client client(log, options);
  client.AddEndpoint(Scripted([&clock](const Request& request, int number) {
    clock.Advance(std::chrono::milliseconds(600));
    return Echo(request, number);
  }));
  EXPECT_TRUE(client.Ask({Chat("a")}));
  EXPECT_TRUE(client.Ask({Chat("b")}));
  const auto late = client.Ask({Chat("c")});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kBudgetExhausted);
}

TEST(ClientBudget, ALimitOnCostNeedsPrices) {
  core::MemoryReplyLog log;
  const auto endpoint = Scripted(Echo);
  Client client(log, {.budget = {.max_cost = 1.0}});
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask({Chat("x")});
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kConfig);
  EXPECT_EQ(endpoint->tries(), 0);
}

TEST(ClientBudget, CostIsTokensTimesPrice) {
  core::MemoryReplyLog log;
  ScriptedOptions options = Model("m");
  options.info.prices.in = 3.0;
  options.info.prices.out = 15.0;
  Client client(log);
  client.AddEndpoint(Scripted(Echo, options));
  const auto replies = client.Ask({Chat("x")});
  ASSERT_TRUE(replies);
  EXPECT_DOUBLE_EQ((*replies)[0].usage.cost, (100 * 3.0 + 10 * 15.0) / 1e6);
  EXPECT_DOUBLE_EQ(client.Total()->usage.cost, (100 * 3.0 + 10 * 15.0) / 1e6);
}

}  // namespace
}  // namespace redraft::llm
