#include "redraft/store/migrations.h"

#include <gmock/gmock.h>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/store/ledger.h"
#include "redraft/store/ledger_fixture.h"

namespace redraft::store {
namespace {

using testing::HasSubstr;

/// Every migration that was ever released, with its hash. Add lines; never change one.
const std::vector<std::pair<std::string, std::string>> kReleased = {
    {"0001_ledger", "5be50b3a576d5a466e927a80dae075ec03b5b894950af2e43b7d7253dc12dcc7"},
};

TEST(Migrations, ReleasedOnesNeverChange) {
  const auto migrations = BuiltInMigrations();
  ASSERT_EQ(migrations.size(), kReleased.size()) << "a new migration needs its line in kReleased";
  for (std::size_t i = 0; i < kReleased.size(); ++i) {
    EXPECT_EQ(migrations[i].version, static_cast<int>(i) + 1);
    EXPECT_EQ(migrations[i].name, kReleased[i].first);
    EXPECT_EQ(Sha256Hex(migrations[i].sql), kReleased[i].second) << kReleased[i].first;
  }
}

class MigrationsTest : public LedgerTest {
 protected:
  std::unique_ptr<Database> New() { return Database::Open(Path(), {.create = true}).value(); }
};

TEST_F(MigrationsTest, AreAppliedInOrderOnceEachAndRecorded) {
  const auto database = New();
  ManualClock clock;
  std::vector<Migration> migrations = {{1, "0001_a", "CREATE TABLE a (x INTEGER)"}};
  ASSERT_TRUE(Migrate(*database, migrations, clock));
  ASSERT_TRUE(database->Execute("INSERT INTO a (x) VALUES (7)"));
  migrations.push_back({2, "0002_b", "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"});
  migrations.push_back({3, "0003_c", "UPDATE a SET y = y * 10"});
  clock.Advance(std::chrono::seconds(5));
  ASSERT_TRUE(Migrate(*database, migrations, clock));
  ASSERT_TRUE(Migrate(*database, migrations, clock));
  EXPECT_EQ(database->Number("SELECT y FROM a").value(), 80);
  EXPECT_EQ(SchemaVersion(*database).value(), 3);
  EXPECT_EQ(
      database->Number("SELECT applied_ms FROM schema_migrations WHERE name = '0002_b'").value(),
      5000);
}

TEST_F(MigrationsTest, AFailedOneLeavesTheFileAsItWas) {
  const auto database = New();
  const ManualClock clock;
  const std::vector<Migration> migrations = {
      {1, "0001_a", "CREATE TABLE a (x INTEGER)"},
      {2, "0002_b", "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1)"}};
  EXPECT_THAT(Outcome(Migrate(*database, migrations, clock)), HasSubstr("nowhere"));
  EXPECT_EQ(SchemaVersion(*database).value(), 1);
  EXPECT_TRUE(database->HasTable("a"));
  EXPECT_FALSE(database->HasTable("b"));
}

TEST_F(MigrationsTest, AnOlderLedgerOpenedForReadingSaysHowToBringItUp) {
  const ManualClock clock;
  ASSERT_TRUE(Migrate(*New(), {{1, "0001_a", "CREATE TABLE a (x INTEGER)"}}, clock));
  const auto reader = Database::Open(Path(), {.read_only = true}).value();
  const Status status =
      Migrate(*reader, {{1, "0001_a", ""}, {2, "0002_b", "CREATE TABLE b (x INTEGER)"}}, clock);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kConfig);
  EXPECT_THAT(status.error().message, HasSubstr("older schema 1"));
}

// A ledger as version 1 wrote it: whatever migrations are added, its content must stay readable.
TEST_F(MigrationsTest, ALedgerOfSchema1IsReadByThisProgram) {
  const std::string dump =
      ReadFile(std::string(REDRAFT_SOURCE_DIR) + "/redraft/store/testdata/ledger_v1.sql").value();
  ASSERT_TRUE(New()->Script(dump));
  Ledger ledger = Ledger::Open(Path()).value();
  const Health health = ledger.Check().value();
  EXPECT_THAT(health.problems, testing::ElementsAre());
  EXPECT_EQ(health.schema_version, static_cast<int>(BuiltInMigrations().size()));

  const auto run = ledger.FindRun("latest").value();
  EXPECT_EQ(run.id, "a1b2c3d4e5f6");
  EXPECT_EQ(run.state, RunState::kFinished);
  EXPECT_EQ(run.parent, "0123456789ab");
  EXPECT_EQ(run.manifest.at("seed"), 7);
  EXPECT_EQ(run.result.at("best"), "g00-000");
  EXPECT_EQ(ledger.RunsOfBrief("b1")->size(), 2u);

  const core::Request request = SampleRequest(1);
  const auto log = ledger.Replies(run.id).value();
  const auto reply = log->Find(core::RequestKey(request)).value();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, "It's six o'clock; the ferry leaves.");
  EXPECT_EQ(log->Total()->tries, 2);
  EXPECT_EQ(log->Find(core::RequestKey(SampleRequest(2))).value()->text, "From the parent.");
  EXPECT_EQ(ledger.Drafts(run.id)->at(0).style, "plain");
  EXPECT_EQ(ledger.Verdicts(run.id)->at(0).p_a, 0.75);
  EXPECT_EQ(ledger.Ratings(run.id)->at(0), (Rating{"g00-000", 1216.0, 0.5, std::nullopt, 1}));
  EXPECT_EQ(ledger.Events(run.id)->at(0).json.at("event"), "done");
}

}  // namespace
}  // namespace redraft::store
