// The ledger is the checkpoint: whatever happens to the process, running again gives the bytes of
// an undisturbed run and asks nothing that is answered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/store/ledger.h"
#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

constexpr int kKills = 50;

std::vector<std::string> Evolve(const ScriptedModel& model, const std::string& brief,
                                const std::string& db) {
  return {"evolve",        brief,      "--db",          db,    "--endpoint",     model.url(),
          "--llm",         "scripted", "--judge",       "llm", "--initial",      "6",
          "--top",         "2",        "--variants",    "2",   "--generations",  "2",
          "--rounds",      "3",        "--concurrency", "4",   "--tag-requests", "--json",
          "--accept-judge"};
}

/// Everything a run produced, without what may differ between ledgers: its id, and how many tries
/// it took.
std::string Content(const std::string& db, const ProcessResult& result) {
  Json done = LastLine(result);
  done.erase("run");
  done.erase("tries");
  std::string all = DumpJson(done) + "\n";
  Result<store::Ledger> ledger = store::Ledger::Open(db);
  EXPECT_TRUE(ledger);
  const store::Run run = *ledger->FindRun("latest");
  const auto drafts = ledger->Drafts(run.id);
  const auto verdicts = ledger->Verdicts(run.id);
  const auto ratings = ledger->Ratings(run.id);
  EXPECT_TRUE(drafts && verdicts && ratings);
  for (const auto& draft : *drafts) all += DumpJson(core::ToJson(draft)) + "\n";
  for (const auto& verdict : *verdicts) all += DumpJson(core::ToJson(verdict)) + "\n";
  for (const auto& rating : *ratings) {
    all += rating.id + " " + DumpJson(Json{rating.elo, *rating.bt, *rating.se, rating.n}) + "\n";
  }
  return all;
}

std::set<std::string> AnsweredKeys(const std::string& db) {
  std::set<std::string> keys;
  Result<store::Ledger> ledger = store::Ledger::Open(db);
  if (!ledger) return keys;  // killed before the ledger was made
  const Result<store::Run> run = ledger->FindRun("latest");
  if (!run) return keys;
  EXPECT_TRUE(
      ledger->Requests(run->id, {.answered = true}, [&](const store::RequestRecord& record) {
        keys.insert(record.key);
        return Status(Ok{});
      }));
  return keys;
}

TEST(Crash, AnyKillResumesToTheSameBytesAndAsksNothingTwice) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::string brief = folder.Write("brief.md", "A ferry that does not come.\n");
  const std::string calm_db = (folder / "calm.db").string();
  const ProcessResult calm = Redraft(Evolve(model, brief, calm_db));
  ASSERT_EQ(calm.exit_status, 0) << calm.errors;
  const std::string expected = Content(calm_db, calm);
  const int calls = model.requests();
  ASSERT_GT(calls, 40);
  model.TakeKeys();

  Rng points(20261125);
  int killed = 0, repeated = 0;
  for (int round = 0; killed < kKills; ++round) {
    const std::string db = (folder / ("kill" + std::to_string(round) + ".db")).string();
    // One to three kills in a run, each at a random call.
    for (std::size_t kill = 0, kills = 1 + points.Below(3); kill < kills; ++kill) {
      const std::set<std::string> answered = AnsweredKeys(db);
      std::atomic<pid_t> child{0};
      model.At(
          1 + static_cast<int>(points.Below(static_cast<std::size_t>(calls) - answered.size())),
          [&child] {
            while (child == 0) std::this_thread::yield();
            ::kill(child, SIGKILL);
          });
      child = StartRedraft(Evolve(model, brief, db));
      killed += Await(child) == 128 + SIGKILL;
      for (const std::string& key : model.TakeKeys()) repeated += answered.contains(key);
    }
    model.At(0, {});
    const std::set<std::string> answered = AnsweredKeys(db);
    const ProcessResult resumed = Redraft(Evolve(model, brief, db));
    ASSERT_EQ(resumed.exit_status, 0) << resumed.errors;
    for (const std::string& key : model.TakeKeys()) repeated += answered.contains(key);
    ASSERT_EQ(Content(db, resumed), expected) << "round " << round;
    std::filesystem::remove(db);
  }
  EXPECT_EQ(repeated, 0);
}

TEST(Crash, AKillAmongFaultsLosesNothingEither) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::string brief = folder.Write("brief.md", "A ferry that does not come.\n");
  const std::string calm_db = (folder / "calm.db").string();
  const ProcessResult calm = Redraft(Evolve(model, brief, calm_db));
  ASSERT_EQ(calm.exit_status, 0) << calm.errors;
  const std::string expected = Content(calm_db, calm);
  const int calls = model.requests();
  model.FailFirstTries();

  Rng points(20261127);
  const std::string db = (folder / "rough.db").string();
  int killed = 0;
  for (int kill = 0; kill < 6; ++kill) {
    const auto left = static_cast<std::size_t>(calls) - AnsweredKeys(db).size();
    if (left < 4) break;
    std::atomic<pid_t> child{0};
    model.At(1 + static_cast<int>(points.Below(std::min<std::size_t>(left, 12))), [&child] {
      while (child == 0) std::this_thread::yield();
      ::kill(child, SIGKILL);
    });
    child = StartRedraft(Evolve(model, brief, db));
    killed += Await(child) == 128 + SIGKILL;
  }
  EXPECT_GE(killed, 4);
  model.At(0, {});
  const ProcessResult resumed = Redraft(Evolve(model, brief, db));
  ASSERT_EQ(resumed.exit_status, 0) << resumed.errors;
  EXPECT_EQ(Content(db, resumed), expected);
  EXPECT_GT(LastLine(resumed).at("tries").get<int>(), LastLine(calm).at("tries").get<int>());
}

TEST(Crash, AnInterruptSavesAndResumes) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::string brief = folder.Write("brief.md", "A ferry that does not come.\n");
  const std::string db = (folder / "run.db").string();
  std::atomic<pid_t> child{0};
  model.At(12, [&child] {
    while (child == 0) std::this_thread::yield();
    ::kill(child, SIGINT);
  });
  child = StartRedraft(Evolve(model, brief, db));
  EXPECT_EQ(Await(child), 6);
  const auto answered = AnsweredKeys(db);
  EXPECT_GE(answered.size(), 8U) << "what was in flight is kept";
  model.TakeKeys();
  const ProcessResult resumed =
      Redraft({"resume", "latest", "--db", db, "--tag-requests", "--json"});
  EXPECT_EQ(resumed.exit_status, 0) << resumed.errors;
  for (const std::string& key : model.TakeKeys()) EXPECT_FALSE(answered.contains(key));
}

TEST(Crash, ABudgetStopsCleanlyAndAHigherOneGoesOn) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::string brief = folder.Write("brief.md", "A ferry that does not come.\n");
  const std::string db = (folder / "run.db").string();
  auto arguments = Evolve(model, brief, db);
  arguments.insert(arguments.end(), {"--max-calls", "20"});
  const ProcessResult stopped = Redraft(arguments);
  EXPECT_EQ(stopped.exit_status, 5) << stopped.errors;
  EXPECT_EQ(model.requests(), 20);
  EXPECT_THAT(stopped.errors, ::testing::HasSubstr("redraft resume"));
  arguments.back() = "1000";
  const ProcessResult finished = Redraft(arguments);
  EXPECT_EQ(finished.exit_status, 0) << finished.errors;
  EXPECT_EQ(LastLine(finished)["tries"], model.requests());
}

TEST(Crash, TwoProcessesDoNotWorkOnOneRun) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::string brief = folder.Write("brief.md", "A ferry that does not come.\n");
  const std::string db = (folder / "run.db").string();
  ProcessResult second;
  model.At(5, [&] { second = Redraft(Evolve(model, brief, db)); });
  const ProcessResult first = Redraft(Evolve(model, brief, db));
  EXPECT_EQ(first.exit_status, 0) << first.errors;
  EXPECT_EQ(second.exit_status, 3) << second.errors;
}

}  // namespace
}  // namespace redraft::testing
