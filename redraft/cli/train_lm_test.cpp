#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kReader = "smollm2-135m-instruct";

/// A draft and its revision per group.
std::string Rows(int count) {
  static const char* const kNames[] = {"Ida", "Tom", "Noor", "Cem"};
  static const char* const kThings[] = {"key", "boat", "letter", "coat", "bell"};
  std::string rows;
  for (int i = 0; i < count; ++i) {
    const std::string who = kNames[i % 4], what = kThings[i % 5];
    rows += DumpJson({{"chosen", fmt::format("{} put the {} down. Nobody spoke. Rain ran off the "
                                             "gutter in {} places. A door shut.",
                                             who, what, i + 2)},
                      {"rejected", fmt::format("{} gently put the {} down. Nobody spoke a word. "
                                               "Rain ran off the gutter in {} places. A door shut.",
                                               who, what, i + 2)},
                      {"group", fmt::format("g{}", i)}}) +
            "\n";
  }
  return rows;
}

class TrainLmTest : public ::testing::Test {
 protected:
  ProcessResult Train(std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "train", "reward", "--pairs", folder_.Write("pairs.jsonl", Rows(6)), "-o", Path("lm.json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Redraft(arguments);
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  ProcessResult Judge(const std::string& model) {
    return Redraft({"judge", "--pairs",
                    folder_.Write("p.jsonl",
                                  "{\"id\":\"1\",\"a\":\"Ida put it down. Rain ran off "
                                  "the gutter.\",\"b\":\"Ida gently put it down. Rain "
                                  "ran off the gutter.\"}\n"),
                    "--judge", "reward:lm:" + model});
  }
  TemporaryFolder folder_;
};

TEST_F(TrainLmTest, OptionsThatDoNotFitAreNamed) {
  const auto no_ledger = Train({"--lm", kReader});
  EXPECT_EQ(no_ledger.exit_status, 2);
  EXPECT_THAT(no_ledger.errors, HasSubstr("--lm needs --db FILE"));
  const auto no_model = Train({"--db", Path("l.db")});
  EXPECT_EQ(no_model.exit_status, 2);
  EXPECT_THAT(no_model.errors, HasSubstr("--db, --lm-pairs and --heads-alone belong to --lm"));
  const auto without = Train({"--lm", kReader, "--db", Path("l.db"), "--without", "filler"});
  EXPECT_EQ(without.exit_status, 2);
  EXPECT_THAT(without.errors, HasSubstr("--test and --without are for the model without --lm"));
}

TEST_F(TrainLmTest, AModelThatIsNoneIsRefusedByTheJudge) {
  const auto missing = Judge(Path("none.json"));
  EXPECT_EQ(missing.exit_status, 2);
  EXPECT_THAT(missing.errors, HasSubstr("none.json"));
  const auto broken = Judge(folder_.Write("broken.json", "{\"schema\":"));
  EXPECT_EQ(broken.exit_status, 3);
  EXPECT_THAT(broken.errors, HasSubstr("broken.json: is truncated"));
}

TEST_F(TrainLmTest, ReadsTrainsAndJudgesWithTheSameGgufOnly) {
  const auto trained = Train({"--lm", kReader, "--db", Path("l.db"), "--json"});
  if (trained.errors.find("models pull") != std::string::npos) GTEST_SKIP() << "no model";
  ASSERT_EQ(trained.exit_status, 0) << trained.errors;
  const Json report = *ParseJson(trained.output);
  EXPECT_EQ(report["schema"], "redraft.train-lm/1");
  EXPECT_EQ(report["pairs_read"], 6);
  EXPECT_EQ(report["families"].size(), 8U);
  const auto again = Train({"--lm", kReader, "--db", Path("l.db"), "--json"});
  EXPECT_EQ((*ParseJson(again.output))["sha256"], report["sha256"]);

  const auto judged = Judge(Path("lm.json"));
  ASSERT_EQ(judged.exit_status, 0) << judged.errors;
  EXPECT_EQ((*ParseJson(judged.output))["calls"], 8);  // four in either order

  Json other = *ParseJson(*ReadTextFile(Path("lm.json"), 1 << 20));
  other["reader_id"] = "SmolLM2-135M-Instruct.Q4_1@000000000000";
  const auto refused = Judge(folder_.Write("other.json", DumpJson(other)));
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_THAT(refused.errors, HasSubstr("belongs to the language model SmolLM2-135M"));

  std::string long_text;
  for (int i = 0; i < 2000; ++i) long_text += "The tide came in. ";
  const auto too_long = Redraft(
      {"train", "reward", "--pairs",
       folder_.Write("long.jsonl",
                     DumpJson({{"chosen", long_text}, {"rejected", "Short."}, {"group", "1"}}) +
                         "\n" + Rows(3)),
       "--lm", kReader, "--db", Path("l.db"), "-o", Path("x.json")});
  EXPECT_EQ(too_long.exit_status, 2);
  EXPECT_THAT(too_long.errors, HasSubstr("do not fit into a context of"));
}

}  // namespace
}  // namespace redraft::testing
