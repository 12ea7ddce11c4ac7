#include "redraft/judge/content_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace redraft::judge {
namespace {

ContentText Text(const std::string& source, const std::string& brief, Condition condition,
                 double score, double reuse, int words = 100) {
  ContentText text;
  text.source = source;
  text.brief = brief;
  text.condition = condition;
  text.score = score;
  text.words = words;
  text.reuse.brief = reuse;
  return text;
}

/// Three briefs; the writer gains 1, 2 and 3 with detail, and takes over more words each time.
std::vector<ContentText> Example() {
  return {Text("m", "x", Condition::kShort, 0, 0.1, 90),
          Text("m", "y", Condition::kShort, 1, 0.1, 100),
          Text("m", "z", Condition::kShort, 2, 0.1, 110),
          Text("m", "x", Condition::kDetailed, 1, 0.2, 80),
          Text("m", "y", Condition::kDetailed, 3, 0.3, 90),
          Text("m", "z", Condition::kDetailed, 5, 0.4, 100),
          Text("people", "x", Condition::kBoth, 4, 0.0),
          Text("people", "y", Condition::kBoth, 6, 0.0)};
}

TEST(ContentBench, ARowHoldsMeanSpreadAndIntervalOfASourceInACondition) {
  const ContentResult result = SummariseContent(Example(), Rng(1));
  ASSERT_EQ(result.rows.size(), 3U);
  const ContentRow& row = result.rows[1];
  EXPECT_EQ(row.source, "m");
  EXPECT_EQ(row.condition, Condition::kDetailed);
  EXPECT_EQ(row.texts, 3);
  EXPECT_EQ(row.briefs, 3);
  EXPECT_DOUBLE_EQ(row.score.value, 3);
  EXPECT_DOUBLE_EQ(row.sd, 2);
  EXPECT_DOUBLE_EQ(row.words, 90);
  EXPECT_DOUBLE_EQ(row.reuse.brief, 0.3);
  EXPECT_LT(row.score.interval.lo, 3);
  EXPECT_GT(row.score.interval.hi, 3);
  EXPECT_EQ(result.rows[2].condition, Condition::kBoth);
}

TEST(ContentBench, AContrastIsPairedByBrief) {
  const ContentResult result = SummariseContent(Example(), Rng(1));
  ASSERT_EQ(result.contrasts.size(), 1U) << "people wrote for no condition";
  const ContentContrast& contrast = result.contrasts[0];
  EXPECT_EQ(contrast.briefs, 3);
  EXPECT_DOUBLE_EQ(contrast.score.value, 2);
  // Student: 2 ± 4.302653 · 1/√3.
  EXPECT_NEAR(contrast.score.interval.lo, 2 - 4.302653 / std::sqrt(3.0), 1e-5);
  EXPECT_DOUBLE_EQ(contrast.words.value, -10);
  EXPECT_NEAR(contrast.reuse.value, 0.2, 1e-12);
}

TEST(ContentBench, ABriefWithoutBothConditionsIsInNoContrast) {
  auto texts = Example();
  texts.push_back(Text("m", "only short", Condition::kShort, 50, 0));
  texts.push_back(Text("m", "x", Condition::kShort, 2, 0.1));  // a second text: 0 and 2 make 1
  const ContentResult result = SummariseContent(texts, Rng(1));
  EXPECT_EQ(result.contrasts[0].briefs, 3);
  EXPECT_DOUBLE_EQ(result.contrasts[0].score.value, (0 + 2 + 3) / 3.0);
}

TEST(ContentBench, TextsForOneBriefAreOneObservationOfTheMean) {
  std::vector<ContentText> once, often;
  for (int i = 0; i < 6; ++i) {
    once.push_back(Text("m", std::to_string(i), Condition::kShort, i, 0));
    for (int copy = 0; copy < 5; ++copy) often.push_back(once.back());
  }
  const auto width = [](const std::vector<ContentText>& texts) {
    const auto interval = SummariseContent(texts, Rng(1)).rows[0].score.interval;
    return interval.hi - interval.lo;
  };
  EXPECT_DOUBLE_EQ(width(often), width(once));
  EXPECT_FALSE(std::isfinite(width({once[0], once[0]})));
}

TEST(ContentBench, SaysHowReuseGoesWithScore) {
  const ContentResult result = SummariseContent(Example(), Rng(1));
  EXPECT_EQ(result.changes.n, 3);
  ASSERT_TRUE(result.changes.rho);
  EXPECT_DOUBLE_EQ(*result.changes.rho, 1);
  EXPECT_EQ(result.texts.n, 8);
  ASSERT_TRUE(result.texts.rho);
  EXPECT_LT(*result.texts.rho, 1) << "people score high and reuse nothing";
  const std::vector<ContentText> flat = {Text("m", "x", Condition::kShort, 0, 0.1),
                                         Text("m", "y", Condition::kShort, 1, 0.1)};
  EXPECT_FALSE(SummariseContent(flat, Rng(1)).texts.rho);
}

TEST(ContentBench, JsonHoldsNoInfinity) {
  const Json json = ToJson(SummariseContent({Text("m", "x", Condition::kShort, 0, 0.1)}, Rng(1)));
  EXPECT_TRUE(json["sources"][0]["interval"].is_null());
  EXPECT_TRUE(json["sources"][0]["reference_f1"].is_null());
  EXPECT_TRUE(json["contrasts"].empty());
  EXPECT_TRUE(json["reuse_and_score"]["texts"]["rho"].is_null());
  EXPECT_EQ(SummariseContent({}, Rng(1)).rows.size(), 0U);
}

TEST(MeasureReuse, CountsTrigramsOfTheTextThatTheBriefHas) {
  // Trigrams: she sold the | sold the old | the old boat.
  const Reuse reuse =
      MeasureReuse("She sold the old boat.", "Write how the old boat was lost.", "");
  EXPECT_DOUBLE_EQ(reuse.brief, 1.0 / 3);
  EXPECT_FALSE(reuse.reference);
  const Reuse against = MeasureReuse("She sold the old boat.", "x", "He sold the old mill.");
  EXPECT_DOUBLE_EQ(*against.reference, 1.0 / 3);
  EXPECT_DOUBLE_EQ(*against.reference_f1, 0.6);
}

}  // namespace
}  // namespace redraft::judge
