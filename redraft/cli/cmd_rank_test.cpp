#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/json.h"
#include "redraft/base/process.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Runs `redraft rank --verdicts - ARGUMENTS` with `lines` on standard input.
ProcessResult Rank(const std::string& lines, const std::vector<std::string>& arguments) {
  ProcessOptions options;
  options.command = {REDRAFT_BINARY, "rank", "--verdicts", "-"};
  options.command.insert(options.command.end(), arguments.begin(), arguments.end());
  options.input = lines;
  return RunProcess(options).value();
}

constexpr const char* kVerdicts =
    R"({"a":"x","b":"y","first":"a","p_a":1,"judge":"j","len_a":100,"len_b":90})"
    "\n"
    R"({"a":"y","b":"z","first":"b","p_a":1,"judge":"j","unknown":[1]})"
    "\n";

TEST(RankVerdicts, EloGivesTheRatingsOfAHandComputedReplay) {
  const ProcessResult run =
      Rank(kVerdicts, {"--method", "elo", "--k", "32", "--base", "1200", "--json"});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  const Json json = ParseJson(run.output).value();
  EXPECT_EQ(json["schema"], "redraft.rank/1");
  ASSERT_EQ(json["items"].size(), 3u);
  EXPECT_EQ(json["items"][0]["id"], "x");
  EXPECT_EQ(json["items"][0]["rating"], 1216);
  EXPECT_EQ(json["items"][0]["n"], 1);
  EXPECT_TRUE(json["items"][0]["se"].is_null());
  // y falls to 1184, then meets z at 1200: it gains 32 (1 − 1/(1 + 10^(16/400))).
  EXPECT_NEAR(json["items"][1]["rating"], 1184 + 16.7363, 1e-4);
  EXPECT_EQ(json["components"], 1);
}

TEST(RankVerdicts, EveryMethodPutsTheWinnerFirst) {
  for (const char* method : {"elo", "glicko2", "bt"}) {
    const ProcessResult run = Rank(kVerdicts, {"--json", "--method", method});
    EXPECT_EQ(run.exit_status, 0) << run.errors;
    EXPECT_EQ(ParseJson(run.output).value()["items"][0]["id"], "x") << method;
  }
}

TEST(RankVerdicts, SlotIsNullUnlessFitted) {
  EXPECT_TRUE(ParseJson(Rank(kVerdicts, {"--json"}).output).value()["slot"]["logit"].is_null());
  EXPECT_TRUE(
      ParseJson(Rank(kVerdicts, {"--json", "--slot"}).output).value()["slot"]["se"].is_number());
}

TEST(RankVerdicts, BadLinesAreReportedAndTheOthersStillRanked) {
  const ProcessResult run = Rank(std::string(kVerdicts) +
                                     "nonsense\n"
                                     R"({"a":"q","b":"q","first":"a","p_a":1})"
                                     "\n"
                                     R"({"a":"q","b":"x","first":"a","p_a":1.5})"
                                     "\n"
                                     R"({"a":"q","b":"x","first":"left","p_a":1})"
                                     "\n"
                                     R"({"a":"q","b":"x","first":"a"})"
                                     "\n",
                                 {"--method", "elo", "--json"});
  EXPECT_EQ(run.exit_status, 1);
  for (const char* line : {"line 3", "line 4", "line 5", "line 6", "line 7"}) {
    EXPECT_THAT(run.errors, HasSubstr(line));
  }
  EXPECT_EQ(ParseJson(run.output).value()["items"].size(), 3u);  // q was never judged
}

TEST(RankVerdicts, TextsThatNeverMetAreCountedAsGroups) {
  const ProcessResult run =
      Rank(std::string(kVerdicts) + R"({"a":7,"b":8,"first":"a","p_a":0.5})" + "\n",
           {"--json", "--slot"});
  EXPECT_EQ(ParseJson(run.output).value()["components"], 2);
  const ProcessResult table =
      Rank(std::string(kVerdicts) + R"({"a":7,"b":8,"first":"a","p_a":0.5})" + "\n", {"--slot"});
  EXPECT_THAT(table.output, HasSubstr("2 groups"));
  EXPECT_THAT(table.output, HasSubstr("first slot"));
}

TEST(RankVerdicts, NoVerdictsAtAllIsAUsageError) {
  const ProcessResult run = Rank("", {"--json"});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.errors, HasSubstr("redraft: error: standard input holds no verdict"));
  EXPECT_THAT(run.output, Not(HasSubstr("items")));
  EXPECT_EQ(Rank(kVerdicts, {"--method", "chess"}).exit_status, 2);
  EXPECT_EQ(Rank(kVerdicts, {"--top", "0"}).exit_status, 2);
}

}  // namespace
}  // namespace redraft::cli
