// Processes that die, and processes that meet.

#include <gmock/gmock.h>

#include "redraft/base/random.h"
#include "redraft/store/ledger.h"
#include "redraft/store/ledger_fixture.h"

namespace redraft::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;

NewRun AnyRun() { return {.identity = "i", .name = "", .manifest = Json::object(), .parent = ""}; }

/// Writes groups of replies from number `next` on, for ever, and says each group's last number once
/// it is committed.
void WriteUntilKilled(const std::filesystem::path& path, const std::string& run, int next,
                      int output) {
  Ledger ledger = Ledger::Open(path).value();
  const auto log = ledger.Replies(run).value();
  for (int group = 1;; group = group % 5 + 1) {
    std::vector<core::Request> requests;
    for (int i = 0; i < group; ++i) requests.push_back(SampleRequest(next++));
    std::vector<core::PlannedRequest> planned;
    std::vector<core::Attempt> attempts;
    std::vector<core::Draft> drafts;
    for (const core::Request& request : requests) {
      planned.push_back({core::RequestKey(request), &request});
      attempts.push_back(Answer(request, "reply to " + request.messages[1].content));
      core::Draft draft;
      draft.id = planned.back().key;
      drafts.push_back(draft);
    }
    if (!log->Plan(planned) || !log->Commit(attempts)) ::_exit(1);
    const int last = next - 1;
    if (::write(output, &last, sizeof last) != sizeof last) ::_exit(1);
    if (!ledger.AppendDrafts(run, drafts)) ::_exit(1);
  }
}

TEST_F(LedgerTest, EveryAcknowledgedCommitSurvivesKillsAtRandomPoints) {
  constexpr int kKills = 25;
  const std::string run = Create().CreateRun(AnyRun()).value();
  Rng rng(20260101);
  int last = -1;
  for (int kill = 0; kill < kKills; ++kill) {
    const int start = last + 1 + 100 * kill;  // unacknowledged numbers of earlier children differ
    const Child child =
        Child::Start([&](int output) { WriteUntilKilled(Path(), run, start, output); });
    int acknowledged = start - 1;
    for (std::size_t acks = 1 + rng.Below(30); acks > 0; --acks) {
      ASSERT_EQ(::read(child.output, &acknowledged, sizeof acknowledged),
                static_cast<ssize_t>(sizeof acknowledged));
    }
    ::kill(child.pid, SIGKILL);
    // What was said before the kill took effect counts as acknowledged, too.
    const std::string rest = child.ReadAll();
    for (std::size_t at = 0; at + sizeof(int) <= rest.size(); at += sizeof(int)) {
      std::memcpy(&acknowledged, rest.data() + at, sizeof(int));
    }
    EXPECT_EQ(WTERMSIG(child.Wait()), SIGKILL);

    Ledger ledger = Ledger::Open(Path()).value();
    ASSERT_THAT(ledger.Check()->problems, testing::ElementsAre()) << "after kill " << kill;
    const auto log = ledger.Replies(run).value();
    for (int i = start; i <= acknowledged; ++i) {
      const core::Request request = SampleRequest(i);
      const auto reply = log->Find(core::RequestKey(request)).value();
      ASSERT_TRUE(reply) << "reply " << i << " was acknowledged and is lost";
      ASSERT_EQ(reply->text, "reply to " + request.messages[1].content);
    }
    last = acknowledged;
  }
  Ledger ledger = Ledger::Open(Path()).value();
  const Counts counts = ledger.Count(run).value();
  EXPECT_EQ(counts.attempts, counts.calls.at(core::Role::kDraft)) << "no half-written answers";
  EXPECT_GE(counts.attempts, kKills);
}

TEST_F(LedgerTest, ProcessesThatMakeOneLedgerAtTheSameTimeAllSucceed) {
  std::vector<Child> children;
  for (int i = 0; i < 6; ++i) {
    children.push_back(Child::Start([&](int output) {
      const std::string outcome =
          Outcome(Ledger::Open(Path(), {.create = true}).value().CreateRun(AnyRun()));
      if (::write(output, outcome.data(), outcome.size()) < 0) ::_exit(1);
    }));
  }
  for (const Child& child : children) {
    EXPECT_EQ(child.ReadAll(), "ok");
    EXPECT_EQ(child.Wait(), 0);
  }
  EXPECT_EQ(Ledger::Open(Path())->Runs()->size(), 6u);
}

TEST_F(LedgerTest, TwoWritersOnTwoRunsOfOneLedgerWaitForEachOther) {
  Ledger ledger = Create();
  const std::vector runs = {ledger.CreateRun(AnyRun()).value(), ledger.CreateRun(AnyRun()).value()};
  std::vector<Child> children;
  for (const std::string& run : runs) {
    children.push_back(Child::Start([&](int) {
      Ledger own = Ledger::Open(Path()).value();
      const auto log = own.Replies(run).value();
      for (int i = 0; i < 100; ++i) {
        const core::Request request = SampleRequest(i);
        const core::PlannedRequest planned{core::RequestKey(request), &request};
        const core::Attempt attempt = Answer(request, "text");
        if (!log->Plan({&planned, 1}) || !log->Commit({&attempt, 1})) ::_exit(1);
      }
    }));
  }
  for (const Child& child : children) EXPECT_EQ(child.Wait(), 0);
  for (const std::string& run : runs) EXPECT_EQ(ledger.Count(run)->attempts, 100);
}

TEST_F(LedgerTest, ASecondProcessOnARunIsRefusedWithTheFirstOnesNumber) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(AnyRun()).value();
  const std::string other = ledger.CreateRun(AnyRun()).value();
  std::optional<RunLock> lock = ledger.Lock(run).value();
  EXPECT_THAT(InChild([&] { return Outcome(Ledger::Open(Path())->Lock(run)); }),
              AllOf(HasSubstr("config: run " + run + " is being worked on by process " +
                              std::to_string(::getpid()) + " since 2"),
                    HasSubstr("run again")));
  EXPECT_THAT(Outcome(ledger.Lock(run)), HasSubstr("is being worked on")) << "this process as well";
  EXPECT_EQ(InChild([&] { return Outcome(Ledger::Open(Path())->Lock(other)); }), "ok");
  EXPECT_EQ(ledger.WorkedOnBy(run)->process, ::getpid());
  EXPECT_FALSE(ledger.WorkedOnBy(other));
  RunLock moved = std::move(*lock);
  lock.reset();
  EXPECT_TRUE(ledger.WorkedOnBy(run)) << "moving a lock does not release it";
  {
    const RunLock released = std::move(moved);
  }
  EXPECT_FALSE(ledger.WorkedOnBy(run));
  EXPECT_EQ(InChild([&] { return Outcome(Ledger::Open(Path())->Lock(run)); }), "ok");
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_NE(entry.path().extension(), ".lock") << "released locks leave no file";
  }
}

TEST_F(LedgerTest, TheLockOfADeadProcessDoesNotBlock) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(AnyRun()).value();
  const Child child = Child::Start([&](int output) {
    const RunLock lock = Ledger::Open(Path())->Lock(run).value();
    const char byte = 'x';
    if (::write(output, &byte, 1) != 1) ::_exit(1);
    ::pause();
  });
  char byte = 0;
  ASSERT_EQ(::read(child.output, &byte, 1), 1);
  EXPECT_EQ(ledger.WorkedOnBy(run)->process, child.pid);
  EXPECT_THAT(Outcome(ledger.Lock(run)), HasSubstr("process " + std::to_string(child.pid)));
  ::kill(child.pid, SIGKILL);
  child.Wait();
  EXPECT_FALSE(ledger.WorkedOnBy(run));
  EXPECT_EQ(Outcome(ledger.Lock(run)), "ok");
}

}  // namespace
}  // namespace redraft::store
