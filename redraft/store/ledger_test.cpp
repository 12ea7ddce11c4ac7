// Runs, requests and projections: everything that goes in comes out again.

#include "redraft/store/ledger.h"

#include <gmock/gmock.h>

#include "redraft/store/ledger_fixture.h"

namespace redraft::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

NewRun SampleRun(const std::string& identity, const std::string& brief = "b1") {
  return {.identity = identity,
          .name = "ferry",
          .manifest = {{"brief", {{"path", "ferry.md"}, {"sha256", brief}}}, {"seed", 7}},
          .parent = ""};
}

core::Draft SampleDraft(const std::string& id, int generation) {
  core::Draft draft;
  draft.id = id;
  draft.generation = generation;
  draft.text = "The ferry left at six.\nNobody steered.";
  draft.words = 7;
  draft.parents =
      generation == 0 ? std::vector<std::string>{} : std::vector<std::string>{"g00-000"};
  draft.founder = "g00-000";
  draft.operation = generation == 0 ? "draft" : "vary";
  draft.style = "plain";
  draft.theme = "harbours";
  draft.objective = generation == 0 ? "" : "dialogue";
  draft.model = "writer-1";
  draft.seed = 0xFFFFFFFFFFFFFFFFULL;
  draft.key = "k";
  draft.repairs = 1;
  draft.gated = {"too_long"};
  return draft;
}

core::Verdict SampleVerdict(std::optional<double> p_a, const std::string& rationale) {
  core::Verdict verdict;
  verdict.a = "g00-001";
  verdict.b = "g00-000";
  verdict.p_a = p_a;
  if (p_a) verdict.logit = 0.1 + 0.2;
  verdict.mass = 0.97;
  verdict.judge = "rule:coin";
  verdict.rationale = rationale;
  verdict.generation = 1;
  verdict.calls = 2;
  return verdict;
}

template <class T>
std::vector<std::string> Dumps(const std::vector<T>& items) {
  std::vector<std::string> dumps;
  for (const T& item : items) dumps.push_back(DumpJson(core::ToJson(item)));
  return dumps;
}

TEST_F(LedgerTest, KeepsARunWithManifestStateAndResultAcrossReopening) {
  std::string id;
  {
    Ledger ledger = Create();
    id = ledger.CreateRun(SampleRun("identity-1")).value();
    ASSERT_TRUE(ledger.SetState(id, RunState::kBudget));
    ASSERT_TRUE(ledger.SetResult(id, {{"best", "g05-003"}}));
  }
  Ledger ledger = Ledger::Open(Path()).value();
  const auto run = ledger.FindRun(id).value();
  EXPECT_EQ(run.id.size(), 12u);
  EXPECT_EQ(run.identity, "identity-1");
  EXPECT_EQ(run.name, "ferry");
  EXPECT_EQ(run.manifest, SampleRun("identity-1").manifest);
  EXPECT_EQ(run.state, RunState::kBudget);
  EXPECT_EQ(run.parent, "");
  EXPECT_EQ(run.result, Json({{"best", "g05-003"}}));
  EXPECT_GT(run.created_ms, 1'600'000'000'000);
}

TEST_F(LedgerTest, FindsRunsByIdPrefixLatestIdentityAndBrief) {
  Ledger ledger = Create();
  const std::string first = ledger.CreateRun(SampleRun("same")).value();
  const std::string second = ledger.CreateRun(SampleRun("other", "b2")).value();
  const std::string third = ledger.CreateRun(SampleRun("same")).value();
  EXPECT_EQ(ledger.FindRun(second)->id, second);
  EXPECT_EQ(ledger.FindRun(second.substr(0, 11))->id, second);
  EXPECT_EQ(ledger.FindRun("latest")->id, third);
  EXPECT_EQ(ledger.FindByIdentity("same").value()->id, third) << "the youngest";
  EXPECT_EQ(ledger.FindByIdentity("none").value(), std::nullopt);
  const auto of_brief = ledger.RunsOfBrief("b1").value();
  ASSERT_EQ(of_brief.size(), 2u);
  EXPECT_EQ(of_brief[0].id, first);
  EXPECT_EQ(of_brief[1].id, third);
  EXPECT_EQ(ledger.Runs()->size(), 3u);
}

TEST_F(LedgerTest, RefusesAPrefixThatSeveralRunsShareAndListsThem) {
  Ledger ledger = Create();
  std::map<char, std::vector<std::string>> by_digit;
  for (int i = 0; i < 17; ++i) {  // 16 digits: two runs must share their first
    const std::string id = ledger.CreateRun(SampleRun("x")).value();
    by_digit[id[0]].push_back(id);
  }
  const auto shared =
      std::ranges::find_if(by_digit, [](const auto& entry) { return entry.second.size() >= 2; });
  const auto found = ledger.FindRun(std::string(1, shared->first));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(found.error().message, HasSubstr(shared->second[0]));
  EXPECT_THAT(found.error().message, HasSubstr(shared->second[1]));
}

TEST_F(LedgerTest, NamesTheLedgerWhenThereIsNoSuchRun) {
  Ledger ledger = Create();
  for (const std::string name : {"latest", "abc", "", "%", "_"}) {
    const auto found = ledger.FindRun(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound) << name;
    EXPECT_THAT(found.error().message, HasSubstr(Path().string()));
  }
  EXPECT_EQ(ledger.SetState("nope", RunState::kFailed).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger.SetResult("nope", 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger.Replies("nope").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger.Drafts("nope").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger.Lock("nope").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger.Count("nope").error().code, ErrorCode::kNotFound);
  NewRun orphan = SampleRun("x");
  orphan.parent = "nope";
  EXPECT_EQ(ledger.CreateRun(orphan).error().code, ErrorCode::kNotFound);
}

TEST_F(LedgerTest, StreamsRequestsInPlannedOrderWithAttemptsAndReplies) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  const auto log = ledger.Replies(run).value();
  const core::Request draft = SampleRequest(1);
  const core::Request judge = SampleRequest(2, core::Role::kJudge);
  const core::Request open = SampleRequest(3);
  const std::vector<core::PlannedRequest> planned = {{core::RequestKey(judge), &judge},
                                                     {core::RequestKey(draft), &draft},
                                                     {core::RequestKey(open), &open}};
  ASSERT_TRUE(log->Plan(planned));
  const std::vector<core::Attempt> attempts = {
      Failure(draft, ErrorCode::kRateLimited, "asked to slow down"),
      Answer(draft, "A ferry.\n\t\"é\""), Answer(judge, "WINNER: A"),
      Failure(open, ErrorCode::kUnavailable, "no route")};
  ASSERT_TRUE(log->Commit(attempts));

  std::vector<RequestRecord> records;
  const auto keep = [&](const RequestRecord& record) -> Status {
    records.push_back(record);
    return Ok{};
  };
  ASSERT_TRUE(ledger.Requests(run, {}, keep));
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].key, core::RequestKey(judge));
  EXPECT_EQ(records[0].request.first, "g00-001");
  EXPECT_EQ(records[0].request.second, "g00-002");
  EXPECT_EQ(records[1].key, core::RequestKey(draft));
  EXPECT_EQ(core::RequestKey(records[1].request), records[1].key) << "every member is kept";
  EXPECT_EQ(records[1].state, "answered");
  EXPECT_EQ(records[1].source_run, run);
  ASSERT_TRUE(records[1].reply);
  EXPECT_EQ(core::ToJson(*records[1].reply), core::ToJson(*attempts[1].reply));
  ASSERT_EQ(records[1].attempts.size(), 2u);
  EXPECT_EQ(records[1].attempts[0].number, 1);
  EXPECT_EQ(records[1].attempts[0].error->code, ErrorCode::kRateLimited);
  EXPECT_EQ(records[1].attempts[0].error->message, "asked to slow down");
  EXPECT_EQ(records[1].attempts[1].number, 2);
  EXPECT_FALSE(records[1].attempts[1].error);
  EXPECT_EQ(records[1].attempts[1].started_ms, 1'700'000'000'000);
  EXPECT_EQ(records[1].attempts[1].latency_s, 0.25);
  EXPECT_EQ(records[1].attempts[1].usage.tokens_in, 120);
  EXPECT_EQ(records[1].attempts[1].worker, "process " + std::to_string(::getpid()));
  EXPECT_EQ(records[2].state, "planned");
  EXPECT_FALSE(records[2].reply);

  records.clear();
  ASSERT_TRUE(ledger.Requests(run, {.role = core::Role::kDraft}, keep));
  EXPECT_EQ(records.size(), 2u);
  records.clear();
  ASSERT_TRUE(ledger.Requests(run, {.answered = false}, keep));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].key, core::RequestKey(open));
  records.clear();
  ASSERT_TRUE(ledger.Requests(run, {.role = core::Role::kDraft, .answered = true}, keep));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].key, core::RequestKey(draft));
}

TEST_F(LedgerTest, AnErrorFromTheCallbackEndsTheStreamAndTheLedgerStaysUsable) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  const auto log = ledger.Replies(run).value();
  for (int i = 0; i < 3; ++i) PlanAndCommit(*log, SampleRequest(i), "text");
  int seen = 0;
  const Status status = ledger.Requests(run, {}, [&](const RequestRecord&) -> Status {
    ++seen;
    // A second stream inside the first one's callback sees all rows, too.
    int inner = 0;
    EXPECT_TRUE(ledger.Requests(run, {}, [&](const RequestRecord&) -> Status {
      ++inner;
      return Ok{};
    }));
    EXPECT_EQ(inner, 3);
    if (seen == 2) return Fail(ErrorCode::kCancelled, "enough");
    return Ok{};
  });
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(seen, 2);
  PlanAndCommit(*log, SampleRequest(9), "text");
  EXPECT_EQ(ledger.Count(run)->requests, 4);
}

TEST_F(LedgerTest, CountsByKind) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  const std::string other = ledger.CreateRun(SampleRun("y")).value();
  const auto log = ledger.Replies(run).value();
  PlanAndCommit(*log, SampleRequest(1), "one");
  PlanAndCommit(*log, SampleRequest(2), "two");
  PlanAndCommit(*log, SampleRequest(3, core::Role::kJudge), "WINNER: B");
  const core::Request check = SampleRequest(4, core::Role::kCheck);
  PlanAndCommit(*log, check, "A");
  const core::Request open = SampleRequest(5, core::Role::kVariant);
  const core::PlannedRequest planned{core::RequestKey(open), &open};
  ASSERT_TRUE(log->Plan({&planned, 1}));
  const core::Attempt failed = Failure(open, ErrorCode::kUnavailable, "down");
  ASSERT_TRUE(log->Commit({&failed, 1}));
  ASSERT_TRUE(
      ledger.AppendDrafts(run, std::vector{SampleDraft("g00-000", 0), SampleDraft("g00-001", 0),
                                           SampleDraft("g01-000", 1)}));
  ASSERT_TRUE(ledger.AppendVerdicts(run, std::vector{SampleVerdict(0.5, "")}));

  const Counts counts = ledger.Count(run).value();
  EXPECT_EQ(counts.drafts, 3);
  EXPECT_EQ(counts.generations, 2);
  EXPECT_EQ(counts.verdicts, 1);
  EXPECT_EQ(counts.requests, 5);
  EXPECT_EQ(counts.attempts, 5);
  EXPECT_EQ(counts.calls,
            (std::map<core::Role, std::int64_t>{
                {core::Role::kDraft, 2}, {core::Role::kJudge, 1}, {core::Role::kCheck, 1}}));
  EXPECT_EQ(counts.spent.tries, 5);
  EXPECT_EQ(counts.spent.usage.tokens_in, 480);
  EXPECT_EQ(counts.spent.usage.tokens_out, 160);
  EXPECT_NEAR(counts.spent.usage.cost, 0.004, 1e-12);
  EXPECT_EQ(ledger.Count(other)->requests, 0);
}

TEST_F(LedgerTest, ReadsProjectionsBackExactlyInTheOrderLogged) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  const std::vector drafts = {SampleDraft("g01-000", 1), SampleDraft("g00-000", 0)};
  const std::vector verdicts = {SampleVerdict(0.1 + 0.2, "More at stake.\n— truly"),
                                SampleVerdict(std::nullopt, "")};
  const std::vector<Json> events = {{{"event", "start"}}, {{"event", "done"}, {"n", 2}}};
  ASSERT_TRUE(ledger.AppendDrafts(run, drafts));
  ASSERT_TRUE(ledger.AppendVerdicts(run, {&verdicts[0], 1}));
  ASSERT_TRUE(ledger.AppendVerdicts(run, {&verdicts[1], 1}));
  ASSERT_TRUE(ledger.AppendEvents(run, events));
  EXPECT_EQ(Dumps(ledger.Drafts(run).value()), Dumps(drafts));
  EXPECT_EQ(Dumps(ledger.Verdicts(run).value()), Dumps(verdicts));
  EXPECT_THAT(ledger.Events(run).value(), ElementsAre(Event{1, events[0]}, Event{2, events[1]}));
  EXPECT_THAT(ledger.Events(run, 1).value(), ElementsAre(Event{2, events[1]}));
}

TEST_F(LedgerTest, ProjectionsMadeAgainAreEqualToThoseDeleted) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  const std::string other = ledger.CreateRun(SampleRun("y")).value();
  const Projections projections = {.drafts = {SampleDraft("g00-000", 0), SampleDraft("g01-000", 1)},
                                   .verdicts = {SampleVerdict(0.75, "a"), SampleVerdict(0.25, "b")},
                                   .ratings = {{"g01-000", 1216.0, 0.3, 0.11, 2},
                                               {"g00-000", 1184.0, std::nullopt, std::nullopt, 2}},
                                   .events = {{{"event", "done"}}}};
  ASSERT_TRUE(ledger.ReplaceProjections(run, projections));
  ASSERT_TRUE(ledger.ReplaceProjections(other, projections));
  const auto snapshot = [&] {
    return std::tuple(Dumps(ledger.Drafts(run).value()), Dumps(ledger.Verdicts(run).value()),
                      ledger.Ratings(run).value(), ledger.Events(run).value());
  };
  const auto before = snapshot();
  EXPECT_EQ(std::get<2>(before), projections.ratings);
  ASSERT_TRUE(ledger.ReplaceProjections(run, projections));
  EXPECT_EQ(snapshot(), before) << "replacing adds nothing";
  ASSERT_TRUE(ledger.ClearProjections(run));
  EXPECT_TRUE(ledger.Drafts(run)->empty());
  EXPECT_TRUE(ledger.Verdicts(run)->empty());
  EXPECT_TRUE(ledger.Ratings(run)->empty());
  EXPECT_TRUE(ledger.Events(run)->empty());
  EXPECT_EQ(ledger.Drafts(other)->size(), 2u) << "another run's are left alone";
  ASSERT_TRUE(ledger.ReplaceProjections(run, projections));
  EXPECT_EQ(snapshot(), before);
}

TEST_F(LedgerTest, ADraftThatIsThereAlreadyIsRefusedWithItsWholeBatch) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  ASSERT_TRUE(ledger.AppendDrafts(run, std::vector{SampleDraft("g00-000", 0)}));
  const Status status =
      ledger.AppendDrafts(run, std::vector{SampleDraft("g00-001", 0), SampleDraft("g00-000", 0)});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(status.error().message, HasSubstr("g00-000"));
  EXPECT_EQ(ledger.Drafts(run)->size(), 1u);
}

TEST_F(LedgerTest, CheckFindsNothingInASoundLedgerAndCountsItsRows) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  PlanAndCommit(*ledger.Replies(run).value(), SampleRequest(1), "one");
  NewRun fork = SampleRun("y");
  fork.parent = run;
  const std::string child = ledger.CreateRun(fork).value();
  ASSERT_TRUE(ledger.Replies(child).value()->Find(core::RequestKey(SampleRequest(1))));
  const Health health = ledger.Check().value();
  EXPECT_THAT(health.problems, ElementsAre());
  EXPECT_EQ(health.schema_version, 1);
  EXPECT_EQ(health.rows.at("runs"), 2);
  EXPECT_EQ(health.rows.at("requests"), 2);
  EXPECT_EQ(health.rows.at("attempts"), 1);
  EXPECT_EQ(health.rows.at("replies"), 2);
  EXPECT_EQ(health.rows.at("events"), 0);
}

TEST_F(LedgerTest, CheckNamesOrphansAndContradictions) {
  Ledger ledger = Create();
  const std::string run = ledger.CreateRun(SampleRun("x")).value();
  const auto log = ledger.Replies(run).value();
  for (int i = 0; i < 3; ++i) PlanAndCommit(*log, SampleRequest(i), "text");
  auto database = Database::Open(Path(), {}).value();
  const std::string key = core::RequestKey(SampleRequest(0));
  ASSERT_TRUE(database->Script("PRAGMA foreign_keys = OFF"));
  ASSERT_TRUE(database->Execute("DELETE FROM requests WHERE key = ?", {key}));
  ASSERT_TRUE(
      database->Execute("DELETE FROM replies WHERE key = ?", {core::RequestKey(SampleRequest(1))}));
  ASSERT_TRUE(database->Execute("DELETE FROM attempts WHERE key = ?",
                                {core::RequestKey(SampleRequest(2))}));
  EXPECT_THAT(ledger.Check()->problems,
              testing::UnorderedElementsAre("1 attempts without their row in requests",
                                            "1 replies without their row in requests",
                                            "1 requests marked answered without a reply",
                                            "1 replies without the try that brought them"));
}

}  // namespace
}  // namespace redraft::store
