#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Pairs of a plain sentence and a wordy one, which the built-in model likes in this order.
std::string Rows(int from, int to, bool swapped = false) {
  static const char* const kNames[] = {"Ida", "Tom", "the clerk", "my aunt", "the diver", "Noor"};
  static const char* const kThings[] = {"key", "boat", "letter", "coat", "bell", "map", "spade"};
  std::string rows;
  for (int i = from; i < to; ++i) {
    const std::string who = kNames[i % 6], what = kThings[i % 7];
    const std::string good = fmt::format(
        "{} put the {} down. Nobody spoke. Rain ran off the gutter in {} places.", who, what, i);
    const std::string bad = fmt::format(
        "In a testament to the enduring human spirit, {} gently set down the {}, a rich tapestry "
        "of "
        "emotions swirling within, as if {} whispers of hope were dancing in the air.",
        who, what, i);
    rows += DumpJson({{"chosen", swapped ? bad : good},
                      {"rejected", swapped ? good : bad},
                      {"group", fmt::format("g{}", i)}}) +
            "\n";
  }
  return rows;
}

class TrainRewardTest : public ::testing::Test {
 protected:
  ProcessResult Train(const std::string& pairs, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"train",   "reward",
                                          "--pairs", folder_.Write("pairs.jsonl", pairs),
                                          "-o",      (folder_ / "model.rdm").string(),
                                          "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Redraft(arguments);
  }
  TemporaryFolder folder_;
};

TEST_F(TrainRewardTest, SwappedLabelsAreWarnedOfThoughTheyAreConsistent) {
  const auto right = Train(Rows(0, 40));
  EXPECT_EQ(right.exit_status, 0) << right.errors;
  EXPECT_THAT(right.errors, Not(HasSubstr("swapped")));
  const auto wrong = Train(Rows(0, 40, true));
  EXPECT_EQ(wrong.exit_status, 0) << wrong.errors;
  EXPECT_THAT(wrong.errors,
              HasSubstr("accuracy on the training pairs, by the built-in model, is below chance"));
  EXPECT_GT((*ParseJson(wrong.output))["cv_accuracy"], 0.9);
}

TEST_F(TrainRewardTest, ATestWithSwappedLabelsIsWarnedOf) {
  const auto run = Train(Rows(0, 40), {"--test", folder_.Write("test.jsonl", Rows(40, 60, true))});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("accuracy on test.jsonl is below chance"));
}

TEST_F(TrainRewardTest, TestPairsThatWereTrainedOnAreNamedAndLeftOut) {
  const auto run = Train(Rows(0, 40), {"--test", folder_.Write("test.jsonl", Rows(38, 60))});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("2 of 22 pairs of test.jsonl share a text or group with the "
                                    "training data (the first: group 'g38')"));
  const Json test = (*ParseJson(run.output))["tests"][0];
  EXPECT_EQ(test["pairs"], 20);
  EXPECT_EQ(test["shared_with_training"], 2);
  const auto all = Train(Rows(0, 40), {"--test", folder_.Write("test.jsonl", Rows(0, 5))});
  EXPECT_EQ(all.exit_status, 2);
  EXPECT_THAT(all.errors, HasSubstr("all of its 5 pairs share a text or group"));
}

TEST_F(TrainRewardTest, StudyAnswersTrainThoughRatersShareItemsAndDisagree) {
  std::string answers;
  for (int i = 0; i < 12; ++i) {
    const Json row = *ParseJson(Rows(i, i + 1));
    for (const char* rater : {"ann", "ben", "cid"}) {
      const bool odd = i == 3 && std::string(rater) == "ben";
      answers += DumpJson({{"item", i},
                           {"rater", rater},
                           {"left", row["chosen"]},
                           {"right", {{"id", "x"}, {"text", row["rejected"]}}},
                           {"choice", odd ? "right" : "left"}}) +
                 "\n";
    }
  }
  const auto run = Train(answers);
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json json = *ParseJson(run.output);
  EXPECT_EQ(json["pairs"], 36);
  EXPECT_EQ(json["groups"], 12);
}

TEST_F(TrainRewardTest, OneClassOnlyIsRefused) {
  std::string ties;
  for (const char* rater : {"ann", "ben"}) {
    ties += DumpJson(
                {{"item", 1}, {"rater", rater}, {"left", "x"}, {"right", "y"}, {"choice", "tie"}}) +
            "\n";
  }
  const auto run = Train(ties);
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.errors, HasSubstr("nothing to learn from: no two texts of which one is better"));
  const auto scores = Redraft({"train", "reward", "--scores",
                               folder_.Write("s.jsonl",
                                             "{\"text\":\"x\",\"score\":5}\n"
                                             "{\"text\":\"y\",\"score\":5}\n"),
                               "-o", (folder_ / "m.rdm").string()});
  EXPECT_EQ(scores.exit_status, 2);
  EXPECT_THAT(scores.errors, HasSubstr("nothing to learn from"));
}

}  // namespace
}  // namespace redraft::testing
