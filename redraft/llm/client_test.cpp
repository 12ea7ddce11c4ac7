#include "redraft/llm/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "redraft/llm/client_fixtures.h"
#include "redraft/llm/replay_endpoint.h"

namespace redraft::llm {
namespace {

using core::Attempt;
using core::Reply;
using core::Request;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Client, AnswersRequestsInTheirOrder) {
  core::MemoryReplyLog log;
  Client client(log);
  client.AddEndpoint(Scripted(Echo));
  const auto replies = client.Ask(Chats(50));
  ASSERT_TRUE(replies) << replies.error().message;
  ASSERT_EQ(replies->size(), 50U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ((*replies)[static_cast<std::size_t>(i)].text, "request " + std::to_string(i));
  }
}

TEST(Client, HasNothingToDoWithoutRequests) {
  core::MemoryReplyLog log;
  Client client(log);
  EXPECT_TRUE(client.Run({}));
  EXPECT_TRUE(client.Ask({}));
}

RC_GTEST_PROP(Client, ResultsOfJobsDoNotDependOnTheOrderOfArrival, (std::uint64_t seed)) {
  const auto run = [](std::optional<std::uint64_t> shuffle_seed) {
    core::MemoryReplyLog log;
    Client client(log, {.concurrency = 5});
    client.AddEndpoint(Scripted(Echo, Model("m", shuffle_seed)));
    std::vector<ChainJob> chains;
    for (int i = 0; i < 8; ++i) chains.emplace_back("chain " + std::to_string(i), 1 + i % 4);
    std::vector<core::Job*> jobs;
    for (ChainJob& chain : chains) jobs.push_back(&chain);
    RC_ASSERT(client.Run(jobs).has_value());
    std::vector<std::vector<std::string>> traces;
    for (const ChainJob& chain : chains) traces.push_back(chain.trace);
    return traces;
  };
  RC_ASSERT(run(seed) == run(std::nullopt));
}

TEST(Client, PlansBeforeItSendsAndCommitsBeforeItHandsOut) {
  WatchedLog log;
  Client client(log);
  client.AddEndpoint(Scripted([&log](const Request& request, int number) {
    EXPECT_TRUE(log.planned_keys.contains(core::RequestKey(request)));
    return Echo(request, number);
  }));
  struct Watcher final : core::Job {
    explicit Watcher(WatchedLog& watched) : log(watched) {}
    std::vector<Request> Step(std::span<const Reply> replies) override {
      if (!replies.empty()) {
        EXPECT_TRUE(log.Find(core::RequestKey(Chat("once")))->has_value());
        return {};
      }
      return {Chat("once")};
    }
    WatchedLog& log;
  } job(log);
  core::Job* const jobs[] = {&job};
  EXPECT_TRUE(client.Run(jobs));
}

TEST(Client, PlansAndCommitsInGroups) {
  WatchedLog log;
  Client client(log, {.concurrency = 10});
  client.AddEndpoint(Scripted(Echo));
  ASSERT_TRUE(client.Ask(Chats(100)));
  EXPECT_EQ(log.plans, 1);
  EXPECT_EQ(log.commits, 10);  // everything that arrived together
  EXPECT_EQ(log.attempts.size(), 100U);
}

TEST(Client, DoesNotAskWhatTheLogAnswers) {
  core::MemoryReplyLog log;
  const auto endpoint = Scripted(Echo);
  for (int session = 0; session < 2; ++session) {
    Client client(log);
    client.AddEndpoint(endpoint);
    ASSERT_TRUE(client.Ask(Chats(10)));
  }
  EXPECT_EQ(endpoint->tries(), 10);
}

TEST(Client, SendsEqualRequestsInFlightOnce) {
  core::MemoryReplyLog log;
  const auto endpoint = Scripted(Echo, Model("m", 1));
  Client client(log);
  client.AddEndpoint(endpoint);
  Request again = Chat("same");
  again.replicate = 1;
  const auto replies = client.Ask({Chat("same"), Chat("same"), again, Chat("same")});
  ASSERT_TRUE(replies);
  EXPECT_EQ((*replies)[3].text, "same");
  EXPECT_EQ(endpoint->tries(), 2);  // the replicate wants an answer of its own
}

TEST(Client, RecordsEveryTryWithItsError) {
  WatchedLog log;
  Client client(log, Quick());
  client.AddEndpoint(Scripted([](const Request& request, int number) -> Result<Reply> {
    if (number == 1) return Fail(ErrorCode::kUnavailable, "first");
    if (number == 2) return Fail(ErrorCode::kMalformedReply, "second");
    return Echo(request, number);
  }));
  ASSERT_TRUE(client.Ask({Chat("x")}));
  ASSERT_EQ(log.attempts.size(), 3U);
  EXPECT_EQ(log.attempts[0].error->message, "first");
  EXPECT_EQ(log.attempts[1].error->message, "second");
  EXPECT_FALSE(log.attempts[2].error);
  EXPECT_EQ(log.attempts[2].reply->text, "x");
  for (int i = 0; i < 3; ++i) {
    const Attempt& attempt = log.attempts[static_cast<std::size_t>(i)];
    EXPECT_EQ(attempt.number, i + 1);
    EXPECT_EQ(attempt.key, core::RequestKey(Chat("x")));
  }
}

TEST(Client, GivesUpAfterTheLastTryAndSaysSo) {
  core::MemoryReplyLog log;
  ClientOptions options = Quick();
  options.max_tries = 3;
  Client client(log, options);
  const auto endpoint = Scripted([](const Request&, int number) -> Result<Reply> {
    return Fail(ErrorCode::kRateLimited, "busy " + std::to_string(number));
  });
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask({Chat("x")});
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kRateLimited);
  EXPECT_EQ(replies.error().message, "after 3 tries: busy 3");
  EXPECT_EQ(endpoint->tries(), 3);
}

TEST(Client, CallsAnEndpointThatOnlySendsRubbishUnavailable) {
  for (const int max_tries : {1, 3}) {
    WatchedLog log;
    ClientOptions options = Quick();
    options.max_tries = max_tries;
    Client client(log, options);
    client.AddEndpoint(Scripted([](const Request&, int) -> Result<Reply> {
      return Fail(ErrorCode::kMalformedReply, "rubbish");
    }));
    const auto replies = client.Ask({Chat("x")});
    ASSERT_FALSE(replies);
    EXPECT_EQ(replies.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(replies.error().message, max_tries == 1 ? "rubbish" : "after 3 tries: rubbish");
    ASSERT_EQ(log.attempts.size(), static_cast<std::size_t>(max_tries));
    EXPECT_EQ(log.attempts.back().error->code, ErrorCode::kMalformedReply);  // as it happened
  }
}

TEST(Client, WaitsAsLongAsTheServerAsked) {
  /// Every look at it is a second later.
  class HurriedClock final : public Clock {
   public:
    std::chrono::nanoseconds Now() const override { return std::chrono::seconds(++looks_); }
    std::int64_t UnixMillis() const override { return looks_ * 1000; }

   private:
    mutable std::int64_t looks_ = 0;
  } clock;
  WatchedLog log;
  ClientOptions options = Quick();
  options.clock = &clock;
  Client client(log, options);
  client.AddEndpoint(Scripted([](const Request& request, int number) -> Result<Reply> {
    if (number == 1) return Fail(Error{ErrorCode::kRateLimited, "busy", 6.0});
    return Echo(request, number);
  }));
  ASSERT_TRUE(client.Ask({Chat("x")}));
  ASSERT_EQ(log.attempts.size(), 2U);
  EXPECT_GE(log.attempts[1].started_ms - log.attempts[0].started_ms, 6000);
}

TEST(Client, AFinalErrorLetsWhatIsInFlightFinishAndSendsNoMore) {
  WatchedLog log;
  Client client(log, {.concurrency = 4});
  const auto endpoint = Scripted([](const Request& request, int number) -> Result<Reply> {
    if (request.messages[0].content == "request 1")
      return Fail(ErrorCode::kUnauthenticated, "bad key");
    return Echo(request, number);
  });
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask(Chats(20));
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(replies.error().message, "bad key");
  EXPECT_EQ(endpoint->tries(), 4);
  EXPECT_EQ(log.attempts.size(), 4U);
  EXPECT_TRUE(log.Find(core::RequestKey(Chat("request 3")))->has_value());
}

TEST(Client, AReplyThatCannotBeCommittedIsNotUsed) {
  WatchedLog log;
  log.refuse = true;
  Client client(log);
  client.AddEndpoint(Scripted(Echo));
  ChainJob chain("x", 1);
  core::Job* const jobs[] = {&chain};
  const Status ran = client.Run(jobs);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "disk full");
  EXPECT_TRUE(chain.trace.empty());
}

TEST(Client, KeepsToItsConcurrencyAndTheEndpointsOwn) {
  for (const bool embedded : {false, true}) {
    core::MemoryReplyLog log;
    const auto endpoint = std::make_shared<HoldingEndpoint>(embedded);
    Client client(log, {.concurrency = 3});
    client.AddEndpoint(endpoint);
    std::size_t most = 0;
    struct All final : core::Job {
      std::vector<Request> Step(std::span<const Reply> replies) override {
        return replies.empty() ? Chats(10) : std::vector<Request>{};
      }
    } job;
    core::Job* const jobs[] = {&job};
    ASSERT_TRUE(client.Run(jobs, [&](const Progress& progress) {
      most = std::max(most, endpoint->held.size());
      EXPECT_EQ(static_cast<std::size_t>(progress.in_flight), endpoint->held.size());
      endpoint->Release();
    }));
    EXPECT_EQ(most, 3U);
  }
  core::MemoryReplyLog log;
  ScriptedOptions options = Model("m");
  options.info.max_in_flight = 2;
  WatchedLog watched;
  Client client(watched, {.concurrency = 16});
  client.AddEndpoint(Scripted(Echo, options));
  ASSERT_TRUE(client.Ask(Chats(10)));
  EXPECT_EQ(watched.commits, 5);
}

TEST(Client, AServerThatSaysTooMuchIsGivenLessAlsoInTheNextRun) {
  // Takes eight at a time; what is beyond is refused.
  auto endpoint = std::make_shared<HoldingEndpoint>(false);
  core::MemoryReplyLog log;
  ClientOptions options = Quick();
  options.max_tries = 20;
  Client client(log, options);
  client.AddEndpoint(endpoint);
  std::size_t most = 0;
  for (int run = 0; run < 2; ++run) {
    std::vector<std::unique_ptr<ChainJob>> chains;
    std::vector<core::Job*> jobs;
    for (int i = 0; i < 20; ++i) {
      chains.push_back(std::make_unique<ChainJob>(std::to_string(100 * run + i), 2));
      jobs.push_back(chains.back().get());
    }
    most = 0;
    ASSERT_TRUE(client.Run(jobs, [&](const Progress&) {
      most = std::max(most, endpoint->held.size());
      for (std::size_t i = 0; auto& [request, done] : std::exchange(endpoint->held, {})) {
        if (i++ < 8) {
          done(Echo(request, 1));
        } else {
          done(Fail(ErrorCode::kRateLimited, "slow down"));
        }
      }
    }));
    if (run == 0) {
      EXPECT_EQ(most, 16U);
    }
  }
  EXPECT_LE(most, 10U);
}

TEST(Client, ReportsProgress) {
  core::MemoryReplyLog log;
  Client client(log);
  client.AddEndpoint(Scripted(Echo));
  ASSERT_TRUE(client.Ask({Chat("known")}));
  ChainJob first("1", 2);
  ChainJob second("2", 1);
  struct Known final : core::Job {
    std::vector<Request> Step(std::span<const Reply> replies) override {
      return replies.empty() ? std::vector<Request>{Chat("known")} : std::vector<Request>{};
    }
  } known;
  core::Job* const jobs[] = {&first, &second, &known};
  Progress last;
  ASSERT_TRUE(client.Run(jobs, [&last](const Progress& progress) {
    EXPECT_GE(progress.jobs_done, last.jobs_done);
    last = progress;
  }));
  EXPECT_EQ(last.jobs_done, 3U);
  EXPECT_EQ(last.jobs_total, 3U);
  EXPECT_EQ(last.in_flight, 0);
  EXPECT_EQ(last.from_ledger, 1);
  EXPECT_EQ(last.spent.tries, 7);
  EXPECT_EQ(last.spent.usage.tokens_in, 700);
}

TEST(Client, SendsEachRequestToTheEndpointOfItsModel) {
  core::MemoryReplyLog log;
  Client client(log);
  const auto writer = Scripted(Echo, Model("writer"));
  const auto judge = Scripted(Echo, Model("judge"));
  client.AddEndpoint(writer);
  client.AddEndpoint(judge);
  std::vector<Request> requests = Chats(5);
  for (std::size_t i = 0; i < 5; ++i) requests[i].model = i < 2 ? "writer" : "judge";
  ASSERT_TRUE(client.Ask(requests));
  EXPECT_EQ(writer->tries(), 2);
  EXPECT_EQ(judge->tries(), 3);

  requests[0].model = "other";
  requests[0].replicate = 1;
  const auto unknown = client.Ask({requests[0]});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kConfig);
  EXPECT_EQ(unknown.error().message, "no endpoint has the model 'other'; there are: judge, writer");
}

TEST(Client, RefusesRequestsThatTheEndpointCannotAnswer) {
  core::MemoryReplyLog log;
  Client client(log);
  ScriptedOptions options = Model("m");
  options.info.labels = options.info.loglikelihood = options.info.embeddings = false;
  const auto endpoint = Scripted(Echo, options);
  client.AddEndpoint(endpoint);
  for (const auto kind : {core::RequestKind::kLabels, core::RequestKind::kLogLikelihood,
                          core::RequestKind::kEmbedding}) {
    Request request = Chat("x");
    request.kind = kind;
    const auto replies = client.Ask({request});
    ASSERT_FALSE(replies);
    EXPECT_EQ(replies.error().code, ErrorCode::kConfig);
    EXPECT_THAT(replies.error().message, AllOf(HasSubstr("'script'"), HasSubstr(ToString(kind))));
  }
  EXPECT_EQ(endpoint->tries(), 0);
}

TEST(ClientInterrupt, TheFirstLetsRemoteCallsFinishAndCommitsThem) {
  WatchedLog log;
  const auto endpoint = std::make_shared<HoldingEndpoint>(false);
  std::atomic<int> interrupts = 0;
  Client client(log, {.concurrency = 3, .interrupts = &interrupts});
  client.AddEndpoint(endpoint);
  ChainJob first("1", 5);
  ChainJob second("2", 5);
  core::Job* const jobs[] = {&first, &second};
  int looks = 0;
  const Status ran = client.Run(jobs, [&](const Progress&) {
    if (++looks == 1) interrupts = 1;
    if (looks == 3) endpoint->Release();
  });
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(endpoint->cancels, 0);
  ASSERT_EQ(log.attempts.size(), 3U);
  for (const Attempt& attempt : log.attempts) EXPECT_TRUE(attempt.reply);
}

TEST(ClientInterrupt, TheFirstCancelsEmbeddedCallsAndTheSecondAll) {
  for (const bool embedded : {true, false}) {
    WatchedLog log;
    const auto endpoint = std::make_shared<HoldingEndpoint>(embedded);
    std::atomic<int> interrupts = 0;
    Client client(log, {.concurrency = 3, .interrupts = &interrupts});
    client.AddEndpoint(endpoint);
    ChainJob chain("x", 5);
    core::Job* const jobs[] = {&chain};
    const Status ran = client.Run(jobs, [&](const Progress&) {
      if (interrupts < (embedded ? 1 : 2)) ++interrupts;
    });
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(endpoint->cancels, 1);
    for (const Attempt& attempt : log.attempts)
      EXPECT_EQ(attempt.error->code, ErrorCode::kCancelled);
  }
}

TEST(ClientInterrupt, AfterItTheSameJobsEndAsIfUndisturbed) {
  core::MemoryReplyLog log;
  ChainJob undisturbed("x", 6);
  {
    core::MemoryReplyLog other;
    Client client(other);
    client.AddEndpoint(Scripted(Echo));
    core::Job* const jobs[] = {&undisturbed};
    ASSERT_TRUE(client.Run(jobs));
  }
  const auto endpoint = Scripted(Echo);
  std::atomic<int> interrupts = 0;
  for (int session = 0; session < 2; ++session) {
    Client client(log, {.interrupts = session == 0 ? &interrupts : nullptr});
    client.AddEndpoint(endpoint);
    ChainJob chain("x", 6);
    core::Job* const jobs[] = {&chain};
    const Status ran = client.Run(jobs, [&](const Progress& progress) {
      if (progress.spent.tries == 6) interrupts = 1;
    });
    EXPECT_EQ(ran.has_value(), session == 1);
    if (ran) {
      EXPECT_EQ(chain.trace, undisturbed.trace);
    }
  }
  EXPECT_EQ(endpoint->tries(), 12);
}

TEST(ReplayEndpoint, AnswersFromTheLedgerAloneOrNotAtAll) {
  core::MemoryReplyLog log;
  {
    Client client(log);
    client.AddEndpoint(Scripted(Echo));
    ASSERT_TRUE(client.Ask(Chats(3)));
  }
  Client client(log);
  client.AddEndpoint(std::make_shared<ReplayEndpoint>("r7"));
  EXPECT_TRUE(client.Ask(Chats(3)));
  const auto more = client.Ask(Chats(4));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kConfig);
  EXPECT_THAT(more.error().message,
              AllOf(HasSubstr("run r7"), HasSubstr("role draft"),
                    HasSubstr(core::RequestKey(Chat("request 3")).substr(0, 12))));
}

}  // namespace
}  // namespace redraft::llm
