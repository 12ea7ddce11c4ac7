// The ledger as a core::ReplyLog.

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "redraft/store/ledger.h"
#include "redraft/store/ledger_fixture.h"

namespace redraft::store {
namespace {

using testing::HasSubstr;

class RepliesTest : public LedgerTest {
 protected:
  RepliesTest() : ledger_(Create()), run_(NewRunOf("")), log_(ledger_.Replies(run_).value()) {}

  std::string NewRunOf(const std::string& parent) {
    return ledger_
        .CreateRun({.identity = "i", .name = "", .manifest = Json::object(), .parent = parent})
        .value();
  }
  void PlanAll(std::span<const core::Request> requests) {
    std::vector<core::PlannedRequest> planned;
    for (const core::Request& request : requests) {
      planned.push_back({core::RequestKey(request), &request});
    }
    ASSERT_TRUE(log_->Plan(planned));
  }

  Ledger ledger_;
  std::string run_;
  std::unique_ptr<core::ReplyLog> log_;
};

std::optional<std::string> TextOf(core::ReplyLog& log, const core::Request& request) {
  const auto reply = log.Find(core::RequestKey(request)).value();
  return reply ? std::optional(reply->text) : std::nullopt;
}

TEST_F(RepliesTest, PlanningTwiceChangesNothing) {
  const std::vector requests = {SampleRequest(1), SampleRequest(2)};
  PlanAll(requests);
  const core::Attempt attempt = Answer(requests[0], "text");
  ASSERT_TRUE(log_->Commit({&attempt, 1}));
  PlanAll(requests);
  PlanAll(std::vector{requests[1], requests[1]});
  EXPECT_EQ(ledger_.Count(run_)->requests, 2);
  EXPECT_EQ(TextOf(*log_, requests[0]), "text");
  EXPECT_TRUE(ledger_.Check()->problems.empty());
}

TEST_F(RepliesTest, AnErrorNeverAnswersARequest) {
  const std::vector requests = {SampleRequest(1)};
  PlanAll(requests);
  core::Attempt garbled = Failure(requests[0], ErrorCode::kMalformedReply, "no winner line");
  garbled.reply = Answer(requests[0], "…").reply;  // paid for, useless
  const std::vector attempts = {Failure(requests[0], ErrorCode::kUnavailable, "down"), garbled};
  ASSERT_TRUE(log_->Commit(attempts));
  EXPECT_EQ(TextOf(*log_, requests[0]), std::nullopt);
  EXPECT_EQ(ledger_.Count(run_)->calls.size(), 0u);
  const core::Spent spent = log_->Total().value();
  EXPECT_EQ(spent.tries, 2);
  EXPECT_EQ(spent.usage.tokens_in, 120);
}

TEST_F(RepliesTest, TheTimeOfWorkIsWhatTriesCoverTogether) {
  const std::vector requests = {SampleRequest(1), SampleRequest(2), SampleRequest(3)};
  PlanAll(requests);
  std::vector attempts = {Answer(requests[0], "a"), Answer(requests[1], "b"),
                          Answer(requests[2], "c")};
  const std::vector<std::pair<std::int64_t, double>> spans = {
      {1'000, 2.0}, {2'000, 0.5}, {60'000, 1.5}};
  for (std::size_t i = 0; i < spans.size(); ++i) {
    attempts[i].started_ms = spans[i].first;
    attempts[i].latency_s = spans[i].second;
  }
  ASSERT_TRUE(log_->Commit(attempts));
  EXPECT_DOUBLE_EQ(log_->Total()->busy_s, 3.5);
}

TEST_F(RepliesTest, AReplyIsVisibleToEveryoneAfterItsCommitAndToNobodyBefore) {
  const std::vector requests = {SampleRequest(1)};
  Ledger reader = Ledger::Open(Path(), {.read_only = true}).value();
  const auto seen = reader.Replies(run_).value();
  PlanAll(requests);
  EXPECT_EQ(TextOf(*log_, requests[0]), std::nullopt);
  EXPECT_EQ(TextOf(*seen, requests[0]), std::nullopt);
  const core::Attempt attempt = Answer(requests[0], "text");
  ASSERT_TRUE(log_->Commit({&attempt, 1}));
  EXPECT_EQ(TextOf(*log_, requests[0]), "text");
  EXPECT_EQ(TextOf(*seen, requests[0]), "text");
}

TEST_F(RepliesTest, AGroupIsCommittedWholeOrNotAtAll) {
  const std::vector requests = {SampleRequest(1), SampleRequest(2)};
  PlanAll(requests);
  const std::vector unplanned = {Answer(requests[0], "a"), Answer(SampleRequest(3), "b")};
  EXPECT_THAT(Outcome(log_->Commit(unplanned)), HasSubstr("was not planned"));
  const std::vector broken = {Answer(requests[0], "a"), Answer(requests[1], "cut \xE2\x82")};
  EXPECT_THAT(Outcome(log_->Commit(broken)), HasSubstr("not UTF-8"));
  std::vector infinite = {Answer(requests[0], "a"), Answer(requests[1], "b")};
  infinite[1].reply->logprobs = {0.0, -std::numeric_limits<double>::infinity()};
  EXPECT_THAT(Outcome(log_->Commit(infinite)), HasSubstr("not finite"));
  EXPECT_EQ(TextOf(*log_, requests[0]), std::nullopt);
  EXPECT_EQ(log_->Total()->tries, 0);
  PlanAndCommit(*log_, requests[0], "later");
  EXPECT_EQ(TextOf(*log_, requests[0]), "later");
}

TEST_F(RepliesTest, TheFirstReplyStandsAndTriesAreNumberedOnOverSessions) {
  const std::vector requests = {SampleRequest(1)};
  PlanAll(requests);
  const core::Attempt failed = Failure(requests[0], ErrorCode::kUnavailable, "down");
  ASSERT_TRUE(log_->Commit({&failed, 1}));
  Ledger second = Ledger::Open(Path()).value();
  const auto resumed = second.Replies(run_).value();
  PlanAndCommit(*resumed, requests[0], "first");
  PlanAndCommit(*resumed, requests[0], "second");
  EXPECT_EQ(TextOf(*log_, requests[0]), "first");
  std::vector<int> numbers;
  ASSERT_TRUE(second.Requests(run_, {}, [&](const RequestRecord& record) -> Status {
    for (const AttemptRecord& attempt : record.attempts) numbers.push_back(attempt.number);
    return Ok{};
  }));
  EXPECT_THAT(numbers, testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(resumed->Total()->usage.tokens_out, 80) << "both replies were paid for";
}

TEST_F(RepliesTest, RunsDoNotShareReplies) {
  PlanAndCommit(*log_, SampleRequest(1), "mine");
  const auto other = ledger_.Replies(NewRunOf("")).value();
  EXPECT_EQ(TextOf(*other, SampleRequest(1)), std::nullopt);
}

TEST_F(RepliesTest, AForkReusesTheRepliesOfAllItsAncestorsAtNoCost) {
  PlanAndCommit(*log_, SampleRequest(1), "from the first");
  const std::string middle_run = NewRunOf(run_);
  const auto middle = ledger_.Replies(middle_run).value();
  PlanAndCommit(*middle, SampleRequest(2), "from the second");
  const std::string fork_run = NewRunOf(middle_run);
  const auto fork = ledger_.Replies(fork_run).value();

  EXPECT_EQ(TextOf(*fork, SampleRequest(1)), "from the first");
  const core::Request planned_before = SampleRequest(2);
  const core::PlannedRequest planned{core::RequestKey(planned_before), &planned_before};
  ASSERT_TRUE(fork->Plan({&planned, 1}));
  EXPECT_EQ(TextOf(*fork, SampleRequest(2)), "from the second");
  EXPECT_EQ(TextOf(*fork, SampleRequest(3)), std::nullopt);
  EXPECT_EQ(fork->Total()->tries, 0);
  EXPECT_EQ(TextOf(*middle, SampleRequest(1)), "from the first") << "its own parent's";
  EXPECT_EQ(TextOf(*log_, SampleRequest(2)), std::nullopt) << "a parent sees nothing of its forks";

  std::map<std::string, std::string> sources;
  ASSERT_TRUE(ledger_.Requests(fork_run, {}, [&](const RequestRecord& record) -> Status {
    sources[record.reply->text] = record.source_run;
    EXPECT_EQ(record.state, "answered");
    return Ok{};
  }));
  EXPECT_EQ(sources, (std::map<std::string, std::string>{{"from the first", run_},
                                                         {"from the second", middle_run}}));
  EXPECT_EQ(ledger_.Count(fork_run)->calls.at(core::Role::kDraft), 2);
  EXPECT_TRUE(ledger_.Check()->problems.empty());
}

TEST_F(RepliesTest, AnyReplyComesBackAsItWas) {
  int replicate = 0;
  EXPECT_TRUE(rc::check([&](const std::string& noise, const std::vector<std::uint32_t>& points,
                            const std::vector<double>& numbers, std::int64_t tokens) {
    core::Request request = SampleRequest(0);
    request.replicate = ++replicate;
    core::Attempt attempt = Answer(request, "");
    core::Reply& reply = *attempt.reply;
    for (const char c : noise) {
      if (static_cast<unsigned char>(c) < 0x80) reply.text += c;  // control characters, NUL
    }
    for (const std::uint32_t point : points) {
      const std::uint32_t p = 0x80 + point % 0x700;
      reply.text += static_cast<char>(0xC0 | (p >> 6));
      reply.text += static_cast<char>(0x80 | (p & 0x3F));
    }
    for (const double number : numbers) {
      if (!std::isfinite(number)) continue;
      reply.logprobs.push_back(number);
      reply.embedding.push_back(static_cast<float>(std::fmod(number, 1e30)));
    }
    reply.usage.tokens_in = tokens;
    const core::PlannedRequest planned{attempt.key, &request};
    RC_ASSERT(log_->Plan({&planned, 1}).has_value());
    RC_ASSERT(log_->Commit({&attempt, 1}).has_value());
    const core::Reply found = log_->Find(attempt.key).value().value();
    RC_ASSERT(found.text == reply.text);
    RC_ASSERT(found.logprobs == reply.logprobs);
    RC_ASSERT(found.embedding == reply.embedding);
    RC_ASSERT(core::ToJson(found) == core::ToJson(reply));
  }));
}

// The twin is core::MemoryReplyLog.
TEST_F(RepliesTest, BehavesLikeTheLogInMemoryForAnySequenceOfTries) {
  EXPECT_TRUE(rc::check(
      [&](const std::vector<std::pair<std::uint8_t, bool>>& tries, std::uint8_t group_size) {
        const std::string run = NewRunOf("");
        const auto log = ledger_.Replies(run).value();
        core::MemoryReplyLog twin;
        std::vector<core::Request> requests;
        for (int i = 0; i < 8; ++i) requests.push_back(SampleRequest(i));
        for (const core::Request& request : requests) {
          const core::PlannedRequest planned{core::RequestKey(request), &request};
          RC_ASSERT(log->Plan({&planned, 1}).has_value());
        }
        std::vector<core::Attempt> attempts;
        for (const auto& [which, fails] : tries) {
          const core::Request& request = requests[which % requests.size()];
          attempts.push_back(fails ? Failure(request, ErrorCode::kUnavailable, "down")
                                   : Answer(request, "reply " + std::to_string(attempts.size())));
        }
        const std::size_t group = 1 + group_size % 7;
        for (std::size_t start = 0; start < attempts.size(); start += group) {
          const std::span part(attempts.data() + start, std::min(group, attempts.size() - start));
          RC_ASSERT(log->Commit(part).has_value());
          RC_ASSERT(twin.Commit(part).has_value());
        }
        for (const core::Request& request : requests) {
          RC_ASSERT(TextOf(*log, request) == TextOf(twin, request));
        }
        const core::Spent spent = log->Total().value(), expected = twin.Total().value();
        RC_ASSERT(spent.tries == expected.tries);
        RC_ASSERT(spent.usage.tokens_in == expected.usage.tokens_in);
        RC_ASSERT(spent.usage.tokens_out == expected.usage.tokens_out);
      }));
}

}  // namespace
}  // namespace redraft::store
