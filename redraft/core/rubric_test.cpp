#include "redraft/core/rubric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "redraft/base/file.h"

namespace redraft::core {
namespace {

using ::testing::HasSubstr;

TEST(RubricTest, EveryFormOfHeadingStartsACriterion) {
  for (const char* heading :
       {"## Voice (15%)", "# Voice (15 %)", "### 1. Voice (15 points)", "**Voice** (15):",
        "**Voice (15)**", "1. Voice — 15 %", "2) Voice – 15%", "- **Voice** (15 pts)",
        "- Voice (15 %): how it sounds", "* Voice [weight: 15]", "## Voice: 15",
        "## Voice - 15/100", "**Voice: 15 points**", "1. **Voice (of the narrator)** (15%)"}) {
    const auto rubric = ParseRubric(std::string(heading) + "\nIs it heard?\n## Rest (85%)\n");
    ASSERT_TRUE(rubric);
    ASSERT_EQ(rubric->criteria.size(), 2U) << heading;
    EXPECT_THAT(rubric->criteria[0].name, ::testing::StartsWith("Voice")) << heading;
    EXPECT_DOUBLE_EQ(rubric->criteria[0].weight, 0.15) << heading;
    EXPECT_THAT(rubric->criteria[0].description, HasSubstr("Is it heard?"));
  }
}

TEST(RubricTest, LinesThatOnlyHoldNumbersDoNot) {
  const auto rubric = ParseRubric(
      "## Voice (50%)\n5 – Exemplary: it sings.\n4: Strong, if quiet.\n- Set in the year (1999)\n"
      "Not more than 10 %\n- written before: 1850\n(20 %)\n## Plot (50%)\nx");
  ASSERT_TRUE(rubric);
  ASSERT_EQ(rubric->criteria.size(), 2U);
  EXPECT_THAT(rubric->criteria[0].description, HasSubstr("(1999)"));
}

TEST(RubricTest, WeightsAreShares) {
  const auto rubric = ParseRubric("## A (3 points)\n## B (1 point)\n");
  EXPECT_DOUBLE_EQ(rubric->criteria[0].weight, 0.75);
  EXPECT_DOUBLE_EQ(rubric->criteria[1].weight, 0.25);
}

TEST(RubricTest, ATextWithoutWeightsIsOneCriterion) {
  const std::string text = "# What we like\n\nStories that surprise.\n";
  const auto rubric = ParseRubric(text);
  ASSERT_EQ(rubric->criteria.size(), 1U);
  EXPECT_DOUBLE_EQ(rubric->criteria[0].weight, 1);
  EXPECT_EQ(rubric->criteria[0].description, text);
  EXPECT_EQ(rubric->text, text);
}

TEST(RubricTest, WeightsThatAreNotPositiveNumbersAreNoWeights) {
  for (const char* text : {"## A (0%)", "## A (-5%)", "## A (1e999)", "## A (nan)", "## A ()"}) {
    const auto rubric = ParseRubric(text);
    ASSERT_TRUE(rubric);
    EXPECT_DOUBLE_EQ(rubric->criteria[0].weight, 1) << text;
  }
}

TEST(RubricTest, EmptyTextsAreRefused) {
  EXPECT_EQ(ParseRubric("").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ParseRubric(" \r\n\t").error().code, ErrorCode::kInvalidArgument);
}

TEST(RubricTest, TheReferencesShapeIsRead) {
  std::string text = "Evaluation should consider:\n";
  const int weights[] = {15, 10, 15, 15, 10, 10, 5, 10, 5, 5};
  for (int i = 0; i < 10; ++i) {
    text += std::to_string(i + 1) + ". Part & Whole / Part — " + std::to_string(weights[i]) +
            " %\n5: Complete.\n\n4: Almost.\n\n";
  }
  const auto rubric = ParseRubric(text);
  ASSERT_EQ(rubric->criteria.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_DOUBLE_EQ(rubric->criteria[i].weight, weights[i] / 100.0);
    EXPECT_EQ(rubric->criteria[i].description, "5: Complete.\n4: Almost.");
  }
}

TEST(RubricTest, TheReferencesFileIsRead) {
  const char* shared = std::getenv("REDRAFT_SHARED");
  const auto path = std::filesystem::path(shared ? shared : REDRAFT_SOURCE_DIR "/../shared") /
                    "data/alphawrite/rubric.txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto rubric = ParseRubric(*ReadTextFile(path));
  ASSERT_EQ(rubric->criteria.size(), 10U);
  const int weights[] = {15, 10, 15, 15, 10, 10, 5, 10, 5, 5};
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_DOUBLE_EQ(rubric->criteria[i].weight, weights[i] / 100.0);
  }
  EXPECT_EQ(rubric->criteria[3].name, "Characterisation & Voice (or Speaker)");
}

TEST(RubricTest, WhatMakeRubricWritesParseRubricReads) {
  const Rubric made = MakeRubric({{"voice", 3, "is heard"}, {"plot", 1, "moves"}});
  const auto read = ParseRubric(made.text);
  ASSERT_EQ(read->criteria.size(), 2U);
  EXPECT_EQ(read->criteria[0].name, "voice");
  EXPECT_DOUBLE_EQ(read->criteria[0].weight, 0.75);
  EXPECT_EQ(read->criteria[0].description, "is heard");
  EXPECT_EQ(read->sha256, made.sha256);
}

RC_GTEST_PROP(RubricTest, AnyTextGivesWeightsThatSumToOne, (const std::string& text)) {
  for (const std::string& input :
       {text, "## A (" + text + ")\n## B (1%)", "- " + text + " - 5 %"}) {
    const auto rubric = ParseRubric(input);
    if (!rubric) continue;
    double sum = 0;
    for (const Criterion& criterion : rubric->criteria) sum += criterion.weight;
    RC_ASSERT(std::abs(sum - 1) < 1e-9);
  }
}

}  // namespace
}  // namespace redraft::core
