#include "redraft/evolve/task.h"

#include <gtest/gtest.h>

namespace redraft::evolve {
namespace {

std::string Rule(int min_words, int max_words) {
  core::Brief brief;
  brief.min_words = min_words;
  brief.max_words = max_words;
  return LengthRule(brief);
}

TEST(LengthRule, ShortLimitsAreGivenInSentencesToo) {
  EXPECT_EQ(Rule(90, 140), "between 90 and 140 words, which is 7 to 10 sentences");
  EXPECT_EQ(Rule(40, 72), "between 40 and 72 words, which is 3 to 5 sentences");
  EXPECT_EQ(Rule(28, 30), "between 28 and 30 words, which is 1 to 2 sentences");
}

TEST(LengthRule, OtherLimitsAreGivenInWords) {
  EXPECT_EQ(Rule(10, 20), "between 10 and 20 words");
  EXPECT_EQ(Rule(400, 600), "between 400 and 600 words");
  EXPECT_EQ(Rule(0, 500), "at most 500 words");
  EXPECT_EQ(Rule(0, 0), "");
}

}  // namespace
}  // namespace redraft::evolve
