#include "redraft/edit/agreement.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "redraft/edit/annotated_texts.h"

namespace redraft::edit {
namespace {

core::WeakSpan Span(std::size_t start, std::size_t end, std::string category = "cliche") {
  return {start, end, std::move(category), "", 1};
}

Agreement Measure(const std::vector<Comparison>& comparisons, std::string category = "",
                  bool same = false) {
  return MeasureAgreement(comparisons, {std::move(category), same, 200}, Rng(1));
}

TEST(Agreement, PrecisionAndRecallAreSharesOfBytes) {
  const Agreement agreement = Measure({{100, 0, {Span(0, 10), Span(50, 60)}, {Span(5, 30)}}});
  EXPECT_DOUBLE_EQ(agreement.precision, 5.0 / 20);
  EXPECT_DOUBLE_EQ(agreement.recall, 5.0 / 25);
  EXPECT_DOUBLE_EQ(agreement.coverage, 0.25);
  EXPECT_DOUBLE_EQ(agreement.found_coverage, 0.20);
  EXPECT_EQ(agreement.spans, 2U);
  EXPECT_EQ(agreement.comparisons, 1U);
}

TEST(Agreement, CategoriesCountWhereAsked) {
  const std::vector<Comparison> comparisons = {
      {100,
       0,
       {Span(0, 10, "cliche"), Span(20, 30, "purple_prose")},
       {Span(0, 10, "purple_prose"), Span(20, 25, "purple_prose")}}};
  EXPECT_DOUBLE_EQ(Measure(comparisons).precision, 0.75);
  EXPECT_DOUBLE_EQ(Measure(comparisons, "", true).precision, 0.25);
  EXPECT_DOUBLE_EQ(Measure(comparisons, "cliche").precision, 1.0);
  EXPECT_DOUBLE_EQ(Measure(comparisons, "cliche", true).precision, 0.0);
  EXPECT_DOUBLE_EQ(Measure(comparisons, "purple_prose", true).precision, 0.5);
  EXPECT_DOUBLE_EQ(Measure(comparisons, "purple_prose", true).recall, 5.0 / 15);
  EXPECT_DOUBLE_EQ(Measure(comparisons, "purple_prose").recall, 1.0) << "found, by another name";
}

TEST(Agreement, TextsCountAlikeAndThoseWithoutAFindingNotAtAll) {
  const Agreement agreement = Measure({{10, 0, {Span(0, 1)}, {Span(0, 10)}},
                                       {1000, 1, {Span(0, 500)}, {}},
                                       {50, 2, {}, {Span(0, 50)}}});
  EXPECT_EQ(agreement.comparisons, 2U);
  EXPECT_DOUBLE_EQ(agreement.precision, 0.5);
  EXPECT_DOUBLE_EQ(agreement.recall, (0.1 + 0) / 2);
}

TEST(Agreement, WhatIsNotThereIsZero) {
  const Agreement agreement = Measure({{10, 0, {}, {Span(0, 10)}}, {0, 1, {}, {}}});
  EXPECT_EQ(agreement.comparisons, 0U);
  EXPECT_EQ(agreement.precision, 0);
  EXPECT_EQ(agreement.recall, 0);
  EXPECT_EQ(Measure({}).spans, 0U);
}

/// The slow twin: every place of a span is tried.
double SlowChance(const std::vector<bool>& marked, std::size_t length) {
  double sum = 0;
  for (std::size_t start = 0; start + length <= marked.size(); ++start) {
    for (std::size_t i = start; i < start + length; ++i) sum += marked[i] ? 1 : 0;
  }
  return sum / static_cast<double>((marked.size() - length + 1) * length);
}

TEST(Agreement, ChanceIsTheMeanOverAllPlaces) {
  EXPECT_TRUE(rc::check([] {
    auto marked = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<bool>>());
    const std::size_t length = *rc::gen::inRange<std::size_t>(1, marked.size() + 1);
    RC_ASSERT(std::abs(ChanceShare(marked, length) - SlowChance(marked, length)) < 1e-9);
  }));
}

TEST(Agreement, RandomSpansShowNoLift) {
  Rng rng(1);
  std::vector<Comparison> comparisons;
  for (int i = 0; i < 4000; ++i) {
    Comparison comparison{500, i, {}, {}};
    const std::size_t found = rng.Below(441), marked = rng.Below(301);
    comparison.found = {Span(found, found + 60)};
    comparison.marked = {Span(marked, marked + 200)};
    comparisons.push_back(std::move(comparison));
  }
  const Agreement agreement = Measure(comparisons);
  EXPECT_TRUE(agreement.lift_interval.Contains(0)) << agreement.lift;
  EXPECT_GT(agreement.lift_bound, agreement.lift_interval.lo) << "of one side";
  EXPECT_LT(agreement.lift_bound, agreement.lift);
  EXPECT_NEAR(agreement.lift, 0, 0.02);
}

TEST(Agreement, ComparisonsOnOneTextAreDrawnTogether) {
  std::vector<Comparison> apart, together;
  for (int i = 0; i < 60; ++i) {
    const bool hit = (i / 3) % 2 == 0;
    const Comparison comparison{100, i, {Span(0, 10)}, {hit ? Span(0, 50) : Span(50, 100)}};
    apart.push_back(comparison);
    together.push_back(comparison);
    together.back().text = i / 3;
  }
  const auto width = [](const Agreement& agreement) {
    return agreement.lift_interval.hi - agreement.lift_interval.lo;
  };
  EXPECT_GT(width(Measure(together)), 1.3 * width(Measure(apart)));
}

std::filesystem::path LampFolder() {
  const char* shared = std::getenv("REDRAFT_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : REDRAFT_SOURCE_DIR "/../shared") /
         "data" / "lamp";
}

TEST(Agreement, ExpertsAgreeAsTheRecomputedStudySays) {
  if (!std::filesystem::exists(LampFolder())) GTEST_SKIP() << "no data folder";
  std::map<std::string, std::map<std::string, std::vector<core::WeakSpan>>> by_draft;
  for (const char* file :
       {"reannotation-W3.json", "reannotation-W12.json", "reannotation-W16.json"}) {
    AnnotatedTexts texts;
    ASSERT_TRUE(ReadAnnotatedTexts(LampFolder() / file, texts));
    ASSERT_EQ(texts.texts.size(), 50U);
    for (const AnnotatedText& text : texts.texts) {
      auto& spans = by_draft[text.text][text.annotator];
      spans.clear();
      for (const core::Edit& edit : text.edits) spans.push_back(edit.span);
    }
  }
  std::vector<Comparison> single, with_both;
  int drafts = 0;
  for (const auto& [draft, experts] : by_draft) {
    if (experts.size() != 3) continue;
    for (const auto& [expert, spans] : experts) {
      Comparison both{draft.size(), drafts, spans, {}};
      for (const auto& [other, marked] : experts) {
        if (other == expert) continue;
        single.push_back({draft.size(), drafts, spans, marked});
        both.marked.insert(both.marked.end(), marked.begin(), marked.end());
      }
      with_both.push_back(std::move(both));
    }
    ++drafts;
  }
  EXPECT_EQ(drafts, 47);
  const Agreement any = Measure(single);
  EXPECT_NEAR(any.precision, 0.494, 0.003);
  EXPECT_NEAR(any.coverage, 0.432, 0.003);
  EXPECT_NEAR(Measure(single, "", true).precision, 0.10, 0.005);
  EXPECT_NEAR(Measure(with_both).precision, 0.73, 0.005);
}

}  // namespace
}  // namespace redraft::edit
