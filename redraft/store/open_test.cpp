// Ledgers that cannot be used, each with its own clear message.

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <fstream>

#include "redraft/base/file.h"
#include "redraft/store/ledger.h"
#include "redraft/store/ledger_fixture.h"

namespace redraft::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

class OpenTest : public LedgerTest {
 protected:
  std::string Opening(const OpenOptions& options = {}) const {
    return Outcome(Ledger::Open(Path(), options));
  }
  /// A ledger with one run of some replies, closed.
  std::string Fill(int replies) {
    Ledger ledger = Create();
    const std::string run =
        ledger.CreateRun({.identity = "i", .name = "", .manifest = Json::object(), .parent = ""})
            .value();
    const auto log = ledger.Replies(run).value();
    for (int i = 0; i < replies; ++i) PlanAndCommit(*log, SampleRequest(i), std::string(2000, 'x'));
    return run;
  }
  void Overwrite(std::streamoff offset, const std::string& bytes) const {
    std::fstream file(Path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
  }
};

/// Gives up root's right to write everywhere.
void BecomeNobody() {
  if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
}

TEST_F(OpenTest, AMissingLedgerIsNotMadeUnlessAskedFor) {
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: there is no ledger at"), HasSubstr("--db")));
  EXPECT_FALSE(fs::exists(Path()));
  EXPECT_EQ(Opening({.create = true}), "ok");
  EXPECT_EQ(Opening(), "ok");
}

TEST_F(OpenTest, AFolderAnEmptyFileAndAMissingFolderAreNamedAsSuch) {
  EXPECT_THAT(Outcome(Ledger::Open(folder_)),
              StartsWith("config: " + folder_.string() + " is a folder"));
  EXPECT_THAT(Outcome(Ledger::Open(folder_ / "no" / "x.db", {.create = true})),
              AllOf(StartsWith("config: "), HasSubstr("does not exist")));
  ASSERT_TRUE(WriteFileAtomic(Path(), ""));
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: "), HasSubstr("is empty")));
}

TEST_F(OpenTest, AFileThatIsNoLedgerIsLeftUntouched) {
  const std::string prose = "Chapter one. The ferry had no captain, and nobody minded.\n";
  ASSERT_TRUE(WriteFileAtomic(Path(), prose));
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: "), HasSubstr("is not a ledger")));
  EXPECT_THAT(Opening({.create = true}),
              AllOf(StartsWith("config: "), HasSubstr("is not a ledger")));
  EXPECT_EQ(ReadFile(Path()).value(), prose);
}

TEST_F(OpenTest, ADatabaseOfAnotherProgramIsRefused) {
  {
    auto database = Database::Open(Path(), {.create = true}).value();
    ASSERT_TRUE(database->Script("CREATE TABLE recipes (name TEXT)"));
  }
  EXPECT_THAT(Opening({.create = true}),
              AllOf(StartsWith("config: "), HasSubstr("another program")));
}

TEST_F(OpenTest, AnOverwrittenHeaderIsFound) {
  Fill(1);
  Overwrite(0, "garbage garbage garbage");
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: "), HasSubstr("is not a ledger")));
}

TEST_F(OpenTest, ATruncatedLedgerIsFound) {
  Fill(40);
  fs::resize_file(Path(), fs::file_size(Path()) / 2);
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: "), HasSubstr("corrupt")));
}

TEST_F(OpenTest, DamageInTheMiddleIsFoundByReadersAndWriters) {
  Fill(40);
  constexpr std::uintmax_t kPage = 8192;
  const auto middle = static_cast<std::streamoff>(fs::file_size(Path()) / 2 / kPage * kPage);
  Overwrite(middle, std::string(kPage, '\x7f'));
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: "), HasSubstr("corrupt")));
  EXPECT_THAT(Opening({.read_only = true}), AllOf(StartsWith("config: "), HasSubstr("corrupt")));
}

TEST_F(OpenTest, ALedgerOfANewerProgramIsRefused) {
  Fill(1);
  {
    auto database = Database::Open(Path(), {}).value();
    ASSERT_TRUE(database->Execute(
        "INSERT INTO schema_migrations (version, name, applied_ms) VALUES (99, '0099_later', 0)"));
  }
  EXPECT_THAT(Opening(), AllOf(StartsWith("config: "), HasSubstr("newer redraft (schema 99")));
}

TEST_F(OpenTest, ALedgerThatAnotherProcessHasLockedIsNamedAsLocked) {
  const std::string run = Fill(1);
  int release[2];
  ASSERT_EQ(::pipe(release), 0);
  const Child child = Child::Start([&](int output) {
    ::close(release[1]);
    auto database = Database::Open(Path(), {}).value();
    const Status status = database->Transaction([&]() -> Status {
      char byte = 'x';
      if (::write(output, &byte, 1) != 1) ::_exit(1);
      return ::read(release[0], &byte, 1) == 0 ? Status(Ok{})
                                               : Status(Fail(ErrorCode::kFailed, "pipe"));
    });
    if (!status) ::_exit(1);
  });
  char byte = 0;
  ASSERT_EQ(::read(child.output, &byte, 1), 1);
  const std::chrono::milliseconds none{0};
  EXPECT_THAT(Opening({.patience = none}),
              AllOf(StartsWith("config: "), HasSubstr("locked by another process")));
  EXPECT_EQ(Opening({.read_only = true, .patience = none}), "ok") << "reading goes on";
  ::close(release[0]);
  ::close(release[1]);
  EXPECT_EQ(child.Wait(), 0);
  EXPECT_EQ(Opening({.patience = none}), "ok");
}

TEST_F(OpenTest, AReadOnlyFileIsRefusedBeforeAnyWorkAndCanStillBeRead) {
  const std::string run = Fill(2);
  fs::permissions(Path(), fs::perms(0444));
  EXPECT_THAT(InChild([&] {
                BecomeNobody();
                return Opening();
              }),
              AllOf(StartsWith("config: "), HasSubstr("cannot be written: Permission denied")));
  EXPECT_EQ(InChild([&] {
              BecomeNobody();
              return Outcome(Ledger::Open(Path(), {.read_only = true})->FindRun(run));
            }),
            "ok");
}

TEST_F(OpenTest, AReadOnlyFolderIsRefusedBeforeAnyWorkAndCanStillBeRead) {
  const std::string run = Fill(2);
  fs::permissions(Path(), fs::perms(0666));
  fs::permissions(folder_, fs::perms(0555));
  EXPECT_THAT(InChild([&] {
                BecomeNobody();
                return Opening();
              }),
              AllOf(StartsWith("config: "), HasSubstr("Permission denied")));
  EXPECT_THAT(InChild([&] {
                BecomeNobody();
                return Outcome(Ledger::Open(folder_ / "new.db", {.create = true}));
              }),
              AllOf(StartsWith("config: cannot open ledger"), HasSubstr("Permission denied")));
  EXPECT_EQ(InChild([&] {
              BecomeNobody();
              Ledger ledger = Ledger::Open(Path(), {.read_only = true}).value();
              return std::to_string(ledger.Count(run)->requests);
            }),
            "2");
}

TEST_F(OpenTest, WhatIsOpenedReadOnlyRefusesWrites) {
  Fill(1);
  Ledger ledger = Ledger::Open(Path(), {.read_only = true}).value();
  const auto run = ledger.CreateRun({.identity = "i", .name = "", .manifest = {}, .parent = ""});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kConfig);
}

// A limit on the size of files stands in for a full disk.
TEST_F(OpenTest, AFullDiskFailsTheCommitWithTheReasonAndHalfOfNothing) {
  const std::string run = Fill(0);
  const std::string outcome = InChild([&]() -> std::string {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{400'000, 400'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return "setrlimit failed";
    Ledger ledger = Ledger::Open(Path()).value();
    const auto log = ledger.Replies(run).value();
    for (int i = 0; i < 1000; ++i) {
      const core::Request one = SampleRequest(2 * i), two = SampleRequest(2 * i + 1);
      const std::vector<core::PlannedRequest> planned = {{core::RequestKey(one), &one},
                                                         {core::RequestKey(two), &two}};
      const std::vector attempts = {Answer(one, std::string(9000, 'a')),
                                    Answer(two, std::string(9000, 'b'))};
      Status status = log->Plan(planned);
      if (status) status = log->Commit(attempts);
      if (!status) return std::to_string(i) + " " + Outcome(status);
    }
    return "never failed";
  });
  EXPECT_THAT(outcome, AllOf(HasSubstr(" config: cannot read or write ledger"),
                             HasSubstr("File too large")));
  const int committed = std::stoi(outcome);
  ASSERT_GT(committed, 0);
  Ledger ledger = Ledger::Open(Path()).value();
  EXPECT_TRUE(ledger.Check()->problems.empty());
  const auto log = ledger.Replies(run).value();
  for (int i = 0; i < 2 * committed; ++i) {
    EXPECT_TRUE(log->Find(core::RequestKey(SampleRequest(i))).value()) << i;
  }
  EXPECT_EQ(ledger.Count(run)->attempts, 2 * committed);
}

}  // namespace
}  // namespace redraft::store
