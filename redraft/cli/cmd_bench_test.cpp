#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/process.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

class BenchPairsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = std::filesystem::path(::testing::TempDir()) /
            ("redraft_bench_test." + std::to_string(::getpid()) + ".jsonl");
  }
  void TearDown() override { std::filesystem::remove(file_); }

  ProcessResult Bench(const std::string& lines, std::vector<std::string> arguments) {
    EXPECT_TRUE(WriteFileAtomic(file_, lines));
    ProcessOptions options;
    options.command = {REDRAFT_BINARY, "bench", "pairs", file_.string()};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    auto result = RunProcess(options);
    EXPECT_TRUE(result);
    return *result;
  }

  std::filesystem::path file_;
};

constexpr const char* kRows =
    R"({"id":"1","a":"It rained.","b":"It rained and rained on us.","label":"a","set":"x","stratum":"human-AI"}
{"id":"2","a":"He ran off to the old mill.","b":"He ran.","label":"b","set":"x"}
{"id":"3","a":"One.","b":"One and two.","label":"b","set":"y"}
{"id":"4","a":"Same.","b":"Other text.","label":"tie","set":"y"}
)";

TEST_F(BenchPairsTest, PrintsTheContractsObject) {
  const ProcessResult result = Bench(kRows, {"--judge", "rule:shorter", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  const auto json = ParseJson(result.output);
  ASSERT_TRUE(json) << result.output;
  const Json& x = (*json)["sets"][0];
  EXPECT_EQ(x["set"], "x");
  EXPECT_EQ(x["rows"], 2);
  EXPECT_EQ(x["unique"], 2);
  EXPECT_EQ(x["accuracy"], 1.0);
  EXPECT_EQ(x["shorter_wins"], 1.0);
  EXPECT_EQ(x["longer_wins"], 0.0);
  EXPECT_EQ(x["strata"][0]["stratum"], "human-AI");
  EXPECT_EQ((*json)["sets"][1]["accuracy"], 0.0);
  EXPECT_EQ((*json)["macro"], 0.5);
}

TEST_F(BenchPairsTest, TheTableShowsTheLengthRulesAndPublishedResults) {
  const ProcessResult result = Bench(kRows, {"--judge", "rule:shorter"});
  EXPECT_THAT(result.output, HasSubstr("shorter wins 100.0, longer wins 0.0"));
  EXPECT_THAT(result.output, HasSubstr("MBERT-WQRM-PR"));
}

TEST_F(BenchPairsTest, LocalJudgesStateExactComplements) {
  for (const char* judge : {"reward", "rule:shorter"}) {
    const ProcessResult result = Bench(kRows, {"--judge", judge, "--json"});
    const auto json = ParseJson(result.output);
    ASSERT_TRUE(json) << result.output << result.errors;
    for (const Json& set : (*json)["sets"]) {
      EXPECT_EQ(set["asymmetry"], 0.0) << judge;
      EXPECT_EQ(set["reliability"].size(), 10U);
    }
  }
  EXPECT_THAT(Bench(kRows, {"--judge", "reward"}).output,
              HasSubstr("P(a,b) + P(b,a) differs from 1 by at most 0"));
  const auto one_order = Bench(kRows, {"--judge", "reward", "--orders", "ab", "--json"});
  EXPECT_TRUE((*ParseJson(one_order.output))["sets"][0]["asymmetry"].is_null());
}

TEST_F(BenchPairsTest, BadRowsAreNamedAndTheOthersCount) {
  const ProcessResult result =
      Bench(std::string(kRows) + R"({"id":"5","a":"Same.","b":"Same.","label":"a"})"
                                 "\n"
                                 R"({"id":"6","a":"x","b":"y","label":"first"})"
                                 "\n"
                                 "{oops\n",
            {"--judge", "rule:shorter", "--json"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.errors, HasSubstr("line 5: a and b are the same text"));
  EXPECT_THAT(result.errors, HasSubstr("line 6: \"label\" is 'first'; it must be a, b or tie"));
  EXPECT_THAT(result.errors, HasSubstr("line 7: "));
  EXPECT_EQ((*ParseJson(result.output))["sets"].size(), 2U);
}

TEST_F(BenchPairsTest, NoLabelledPairIsAnError) {
  EXPECT_EQ(Bench("", {"--judge", "reward"}).exit_status, 2);
}

}  // namespace
}  // namespace redraft::cli
