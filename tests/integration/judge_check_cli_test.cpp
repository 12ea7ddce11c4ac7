// A judge is checked before `evolve` and `rank` believe it, and every output says when it was not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class JudgeCheckCli : public ::testing::Test {
 protected:
  ProcessResult Run(std::vector<std::string> words) const {
    return Redraft(std::move(words), "", {{"REDRAFT_CACHE", (folder_ / "cache").string()}});
  }
  ProcessResult Evolve(std::vector<std::string> more) const {
    std::vector<std::string> words = {"evolve",        brief_,       "--db",     db_,
                                      "--endpoint",    model_.url(), "--llm",    "scripted",
                                      "--initial",     "4",          "--top",    "2",
                                      "--variants",    "1",          "--rounds", "2",
                                      "--generations", "1",          "--json",   "--tag-requests"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  int Checks() const {
    const auto roles = model_.Roles();
    const auto found = roles.find("check");
    return found == roles.end() ? 0 : found->second;
  }

  mutable ScriptedModel model_;
  TemporaryFolder folder_;
  std::string brief_ = folder_.Write("brief.md", "A ferry that does not come.\n");
  std::string db_ = (folder_ / "run.db").string();
};

TEST_F(JudgeCheckCli, TheRewardModelIsCheckedAndQualified) {
  const ProcessResult run = Evolve({});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json done = LastLine(run);
  EXPECT_EQ(done["judge_checked"], true);
  EXPECT_EQ(done["judge_qualified"], true);
  EXPECT_EQ(done["judge_accepted"], false);
  EXPECT_GT(done["judge_check"]["logit_coef_given_length"][1].get<double>(), 0);
  EXPECT_THAT(run.output, HasSubstr("\"event\":\"judge_check\""));
  EXPECT_EQ(Run({"replay", "latest", "--db", db_, "--json"}).output, run.output);
  const Json report = LastLine(Run({"report", "latest", "--db", db_, "--json"}));
  EXPECT_EQ(report["judge_qualified"], true);
}

TEST_F(JudgeCheckCli, AJudgeThatTossesACoinStopsTheRunAndLeavesNoneBehind) {
  const ProcessResult run = Evolve({"--judge", "rule:coin"});
  EXPECT_EQ(run.exit_status, 100);
  EXPECT_THAT(run.errors, HasSubstr("the judge rule:coin is not qualified"));
  EXPECT_THAT(run.errors, HasSubstr("--accept-judge"));
  EXPECT_EQ(model_.requests(), 0);
  EXPECT_TRUE(LastLine(Run({"runs", "--db", db_, "--json"}))["runs"].empty());
}

TEST_F(JudgeCheckCli, AnAcceptedJudgeIsNotCheckedAndEveryOutputIsMarked) {
  const ProcessResult run = Evolve({"--judge", "rule:coin", "--accept-judge"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json done = LastLine(run);
  EXPECT_EQ(done["judge_checked"], false);
  EXPECT_EQ(done["judge_qualified"], false);
  EXPECT_EQ(done["judge_accepted"], true);
  EXPECT_TRUE(done["judge_check"].is_null());
  const std::string mark = "judge not qualified";
  const std::string html = (folder_ / "report.html").string();
  ASSERT_EQ(Run({"report", "latest", "--db", db_, "-o", html}).exit_status, 0);
  EXPECT_THAT(*ReadFile(html), HasSubstr("Judge not qualified"));
  EXPECT_THAT(Run({"replay", "latest", "--db", db_}).errors, HasSubstr(mark));
  const std::string out = (folder_ / "out").string();
  EXPECT_THAT(Run({"export", "latest", "--db", db_, "-o", out}).errors, HasSubstr(mark));
}

TEST_F(JudgeCheckCli, ThePublishedAlgorithmRunsWithAnyJudgeAndIsMarked) {
  const ProcessResult run = Evolve({"--preset", "alphawrite", "--judge", "llm"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ(LastLine(run)["judge_qualified"], false);
  EXPECT_EQ(Checks(), 0);
}

TEST_F(JudgeCheckCli, AModelIsAskedOnceAndItsCallsDoNotCount) {
  // The scripted model answers a check with prose: no verdict in any form.
  const ProcessResult first = Evolve({"--judge", "llm", "--max-calls", "1"});
  EXPECT_EQ(first.exit_status, 100) << first.errors;
  const int asked = Checks();
  EXPECT_GE(asked, 80);
  EXPECT_EQ(model_.requests(), asked);
  EXPECT_EQ(Evolve({"--judge", "llm", "--seed", "2"}).exit_status, 100);
  EXPECT_EQ(Checks(), asked);
}

TEST_F(JudgeCheckCli, AStoppedCheckGoesOnInItsLedger) {
  const auto check = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"judge",    "check", "--judge", "llm",        "--llm",
                                      "scripted", "--db",  db_,       "--endpoint", model_.url()};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  };
  const ProcessResult stopped = check({"--max-calls", "30"});
  EXPECT_EQ(stopped.exit_status, 5) << stopped.errors;
  EXPECT_THAT(stopped.errors, HasSubstr("nothing is lost: the same command goes on"));
  const int asked = model_.requests();
  EXPECT_GT(asked, 0);
  const ProcessResult whole = check({});
  const int in_all = model_.requests();
  EXPECT_GT(in_all, asked);
  EXPECT_EQ(LastLine(whole)["calls"], in_all);
  EXPECT_EQ(check({}).output, whole.output);
  EXPECT_EQ(model_.requests(), in_all) << "what is answered is not asked again";
}

TEST_F(JudgeCheckCli, RankChecksItsJudge) {
  const std::string texts =
      folder_.Write("texts.jsonl", R"({"id":"a","text":"The ferry was late and nobody said so."})"
                                   "\n"
                                   R"({"id":"b","text":"Late the ferry nobody and was said so."})"
                                   "\n");
  const ProcessResult refused = Run({"rank", texts, "--judge", "rule:coin", "--json"});
  EXPECT_EQ(refused.exit_status, 100) << refused.errors;
  const ProcessResult marked =
      Run({"rank", texts, "--judge", "rule:coin", "--json", "--accept-judge"});
  ASSERT_EQ(marked.exit_status, 0) << marked.errors;
  EXPECT_EQ(LastLine(marked)["judge_qualified"], false);
  EXPECT_THAT(Run({"rank", texts, "--judge", "rule:coin", "--accept-judge"}).output,
              HasSubstr("judge not qualified"));
  const ProcessResult fine = Run({"rank", texts, "--json"});
  ASSERT_EQ(fine.exit_status, 0) << fine.errors;
  EXPECT_EQ(LastLine(fine)["judge_qualified"], true);
  EXPECT_EQ(LastLine(fine)["items"][0]["id"], "a");
  EXPECT_THAT(Run({"rank", texts}).output, Not(HasSubstr("not qualified")));
}

}  // namespace
}  // namespace redraft::testing
