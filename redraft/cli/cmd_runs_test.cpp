// Transcripts of `redraft runs`, `show` and `doctor`: the program is run as a user runs it.

#include <gmock/gmock.h>
#include <unistd.h>

#include "redraft/base/file.h"
#include "redraft/base/process.h"
#include "redraft/store/ledger.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RunsCommandTest : public ::testing::Test {
 protected:
  RunsCommandTest() : folder_(fs::path(::testing::TempDir()) / "redraft_runs_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~RunsCommandTest() override { fs::remove_all(folder_); }

  std::string Path() const { return (folder_ / "redraft.db").string(); }
  store::Ledger Open() const { return store::Ledger::Open(Path(), {.create = true}).value(); }

  static std::string MakeRun(store::Ledger& ledger, const std::string& name) {
    return ledger
        .CreateRun({.identity = name, .name = name, .manifest = Json::object(), .parent = ""})
        .value();
  }
  /// One judge call that failed once, and one draft.
  static void Work(store::Ledger& ledger, const std::string& run) {
    core::Request request;
    request.role = core::Role::kJudge;
    const core::PlannedRequest planned{core::RequestKey(request), &request};
    core::Attempt failed, answered;
    failed.key = answered.key = planned.key;
    failed.error = Error{ErrorCode::kUnavailable, "down"};
    answered.reply = core::Reply{.text = "A", .finish = "stop", .usage = {1200, 34, 0.5}};
    const auto log = ledger.Replies(run).value();
    ASSERT_TRUE(log->Plan({&planned, 1}));
    ASSERT_TRUE(log->Commit(std::vector{failed, answered}));
    core::Draft draft;
    draft.id = "g00-000";
    ASSERT_TRUE(ledger.AppendDrafts(run, {&draft, 1}));
  }

  ProcessResult Redraft(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), REDRAFT_BINARY);
    arguments.insert(arguments.end(), {"--db", Path()});
    return RunProcess({.command = arguments}).value();
  }

  const fs::path folder_;
};

TEST_F(RunsCommandTest, RunsListsThemOldestFirstWithWhatBecameOfThem) {
  store::Ledger ledger = Open();
  const std::string first = MakeRun(ledger, "ferry.md"), second = MakeRun(ledger, "essay.md");
  Work(ledger, first);
  ASSERT_TRUE(ledger.SetState(first, store::RunState::kFinished));
  const std::string text = Redraft({"runs"}).output;
  EXPECT_THAT(text, StartsWith("RUN           CREATED"));
  EXPECT_LT(text.find(first), text.find(second));
  EXPECT_THAT(text, AllOf(HasSubstr("finished"), HasSubstr("cut off"), HasSubstr("essay.md")));
  const store::RunLock lock = ledger.Lock(second).value();
  EXPECT_THAT(Redraft({"runs"}).output, HasSubstr("running (" + std::to_string(::getpid()) + ")"));

  const Json json = ParseJson(Redraft({"runs", "--json"}).output).value();
  EXPECT_EQ(json["schema"], "redraft.runs/1");
  ASSERT_EQ(json["runs"].size(), 2u);
  EXPECT_EQ(json["runs"][0]["run"], first);
  EXPECT_EQ(json["runs"][0]["state"], "finished");
  EXPECT_EQ(json["runs"][0]["drafts"], 1);
  EXPECT_EQ(json["runs"][0]["process"], nullptr);
  EXPECT_EQ(json["runs"][1]["process"], ::getpid());
}

TEST_F(RunsCommandTest, ShowGivesTheCountsOfARun) {
  store::Ledger ledger = Open();
  const std::string run = MakeRun(ledger, "ferry.md");
  Work(ledger, run);
  EXPECT_THAT(Redraft({"show", run}).output,
              AllOf(HasSubstr("1 planned, 1 answered, 2 tries"), HasSubstr("1,200 in, 34 out")));
  const Json json = ParseJson(Redraft({"show", run.substr(0, 4), "--json"}).output).value();
  EXPECT_EQ(json["schema"], "redraft.show/1");
  EXPECT_EQ(json["run"], run);
  EXPECT_EQ(json["drafts"], 1);
  EXPECT_EQ(json["verdicts"], 0);
  EXPECT_EQ(json["requests"], 1);
  EXPECT_EQ(json["attempts"], 2);
  EXPECT_EQ(json["generations"], 1);
  EXPECT_EQ(json["calls"], Json({{"judge", 1}}));
  const ProcessResult unknown = Redraft({"show", "zzz"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.errors,
              AllOf(StartsWith("redraft: error: there is no run 'zzz'"), HasSubstr(Path())));
}

TEST_F(RunsCommandTest, DoctorPassesASoundLedgerAndNamesWhatIsWrongWithOthers) {
  const ProcessResult missing = Redraft({"doctor"});
  EXPECT_EQ(missing.exit_status, 3);
  EXPECT_THAT(missing.errors, HasSubstr("there is no ledger"));
  store::Ledger ledger = Open();
  const std::string run = MakeRun(ledger, "ferry.md");
  Work(ledger, run);
  const ProcessResult sound = Redraft({"doctor"});
  EXPECT_EQ(sound.exit_status, 0) << sound.errors;
  EXPECT_THAT(sound.output, HasSubstr("sound: "));
  ASSERT_TRUE(store::Database::Open(Path(), {}).value()->Execute("DELETE FROM replies"));
  const ProcessResult broken = Redraft({"doctor", "--json"});
  EXPECT_EQ(broken.exit_status, 3);
  const Json json = ParseJson(broken.output).value();
  EXPECT_EQ(json["schema"], "redraft.doctor/1");
  EXPECT_EQ(json["sound"], false);
  EXPECT_EQ(json["problems"][0], "1 requests marked answered without a reply");
  EXPECT_EQ(json["rows"]["runs"], 1);
}

}  // namespace
}  // namespace redraft::cli
