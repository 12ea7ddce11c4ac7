#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/process.h"
#include "redraft/edit/price.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

class BenchEditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("redraft_bench_edit." + std::to_string(::getpid()));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(WriteFileAtomic(folder_ / name, bytes));
    return (folder_ / name).string();
  }

  static ProcessResult Bench(std::vector<std::string> arguments) {
    ProcessOptions options;
    options.command = {REDRAFT_BINARY, "bench", "edit"};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    auto result = RunProcess(options);
    EXPECT_TRUE(result);
    return *result;
  }

  std::filesystem::path folder_;
};

/// A draft with one worn phrase, which is marked, or not.
std::string Annotation(bool marked) {
  return fmt::format(
      R"([{{"preedit":"She opened the letter. Uncertainty gnawed at him. They ate.",)"
      R"("fine_grained_edits":[{{"categorization":"Cliche","originalText":"{}",)"
      R"("editedText":"He waited"}}]}}])",
      marked ? "Uncertainty gnawed at him" : "She opened the letter");
}

TEST_F(BenchEditTest, ReportsPrecisionBesideChanceAndTheExperts) {
  const auto result = Bench({"--reannotations", Write("r-A.json", Annotation(true)),
                             Write("r-B.json", Annotation(false)), "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  const auto json = ParseJson(result.output);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["schema"], "redraft.bench.edit/1");
  const Json& all = (*json)["rows"][0];
  EXPECT_EQ(all["set"], "detector on re-annotations");
  EXPECT_EQ(all["category"], nullptr);
  EXPECT_EQ(all["any"]["comparisons"], 2);
  EXPECT_NEAR(all["any"]["precision"].get<double>(), 0.5, 0.01);
  EXPECT_LT(all["any"]["chance"].get<double>(), 0.5);
  bool experts = false;
  for (const Json& row : (*json)["rows"]) {
    if (row["set"] != "one expert against another" || !row["category"].is_null()) continue;
    experts = true;
    EXPECT_EQ(row["any"]["precision"], 0);
  }
  EXPECT_TRUE(experts);
  EXPECT_THAT(Bench({"--reannotations", Write("r-A.json", Annotation(true))}).output,
              HasSubstr("cliche"));
}

/// A line of `edit --jsonl --revisions`.
std::string Edited(const std::string& draft, const std::vector<std::string>& texts) {
  Json revisions = Json::array();
  for (const std::string& text : texts) {
    revisions.push_back({{"text", text}, {"reasons", Json::array()}});
  }
  revisions.push_back({{"text", "As an AI, I cannot."}, {"reasons", {"refusal"}}});
  return DumpJson({{"arms", {{"draft", {{"text", draft}}}}}, {"revisions", revisions}}) + "\n";
}

TEST_F(BenchEditTest, ComparesTheBestOfNWithARandomOneAndTheDraft) {
  const std::string worn =
      "Her heart skipped a beat as time stood still, and a wave of emotion washed over her like a "
      "tidal wave. She opened the letter and read it by the window.";
  const std::string plain = "She opened the letter and read it by the window, twice, standing up.";
  const std::string lines = Edited(worn, {worn + " It was late.", plain});
  const auto result = Bench({"--revisions", Write("e.jsonl", lines + lines), "--chooser", "reward",
                             "--referee", "reward", "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  const Json json = *ParseJson(result.output);
  EXPECT_EQ(json["schema"], "redraft.bench.edit-arms/1");
  EXPECT_EQ(json["drafts"], 2);
  ASSERT_EQ(json["rows"].size(), 2U) << "and the other way round";
  const Json& row = json["rows"][0];
  EXPECT_GE(row["best_over_draft"]["share"], 0.5);
  EXPECT_EQ(row["chooser"], row["referee"]);
  EXPECT_EQ(json["prices"]["length"], edit::Prices().length);
  EXPECT_THAT(
      Bench({"--revisions", Write("e.jsonl", lines), "--chooser", "reward", "--referee", "reward"})
          .output,
      HasSubstr("best over random"));
}

TEST_F(BenchEditTest, RevisionsOfAnotherShapeAreNamedByLine) {
  const std::string good = Edited("One two.", {"One three."});
  const auto result = Bench({"--revisions", Write("e.jsonl", good + "{\"text\":\"x\"}\n"),
                             "--chooser", "reward", "--referee", "reward", "--json"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.errors, HasSubstr("2"));
  EXPECT_THAT(result.errors, HasSubstr("edit --jsonl --revisions"));
  EXPECT_EQ((*ParseJson(result.output))["drafts"], 1);
  const auto no_referee = Bench({"--revisions", Write("e.jsonl", good), "--chooser", "reward"});
  EXPECT_EQ(no_referee.exit_status, 2);
  EXPECT_THAT(no_referee.errors, HasSubstr("--referee"));
  const auto no_scorer =
      Bench({"--revisions", Write("e.jsonl", good), "--chooser", "llm", "--referee", "reward"});
  EXPECT_EQ(no_scorer.exit_status, 2);
  EXPECT_EQ(
      Bench({"--revisions", Write("none.jsonl", ""), "--chooser", "reward", "--referee", "reward"})
          .exit_status,
      2);
}

TEST_F(BenchEditTest, BadInputIsAnErrorWithItsPlace) {
  EXPECT_EQ(Bench({}).exit_status, 2);
  const auto bad = Bench({"--traces", Write("t.jsonl", "{}\n")});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.errors, HasSubstr("t.jsonl, line 1: not an edit trace"));
  EXPECT_THAT(Bench({"--traces", Write("t.jsonl", "{}"), "--only", "nope"}).errors,
              HasSubstr("no category 'nope'"));
}

}  // namespace
}  // namespace redraft::cli
