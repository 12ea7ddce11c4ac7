#include "redraft/edit/merge.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace redraft::edit {
namespace {

core::WeakSpan Span(std::size_t start, std::size_t end, double confidence,
                    const std::string& category = "cliche", const std::string& reason = "") {
  return {start, end, category, reason, confidence};
}

TEST(Disjoint, TheSurestOfOverlappingSpansStays) {
  const auto spans = Disjoint({Span(0, 10, .5), Span(8, 12, .9), Span(12, 14, .1)});
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].start, 8U);
  EXPECT_EQ(spans[1].start, 12U) << "neighbours that only touch both stay";
}

TEST(Disjoint, OfEquallySureSpansTheEarlierAndThenTheShorterStays) {
  EXPECT_EQ(Disjoint({Span(3, 9, .5), Span(2, 8, .5)})[0].start, 2U);
  EXPECT_EQ(Disjoint({Span(2, 9, .5), Span(2, 4, .5)})[0].end, 4U);
}

TEST(Merge, TwoDetectorsThatAgreeAreSurerThanEither) {
  const auto spans =
      Merge({Span(0, 10, .5, "cliche", "local")}, {Span(4, 12, .6, "cliche", "model")});
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].reason, "model");
  EXPECT_DOUBLE_EQ(spans[0].confidence, 1 - .5 * .4);
  EXPECT_EQ(spans[0].start, 4U);
}

TEST(Merge, WhereTheyDisagreeTheSurerOneStays) {
  const auto spans = Merge({Span(0, 10, .8, "purple_prose")}, {Span(4, 12, .6, "cliche")});
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].category, "purple_prose");
}

TEST(Merge, ApartTheyAllStay) {
  EXPECT_EQ(Merge({Span(20, 30, .1)}, {Span(0, 10, .9)}).size(), 2U);
  EXPECT_TRUE(Merge({}, {}).empty());
}

RC_GTEST_PROP(Merge, TheResultIsSortedDisjointAndMadeOfWhatWasGiven, ()) {
  const auto spans = [] {
    const auto numbers = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
        rc::gen::tuple(rc::gen::inRange(0, 60), rc::gen::inRange(1, 12), rc::gen::inRange(0, 4)));
    std::vector<core::WeakSpan> made;
    for (const auto& [start, length, kind] : numbers) {
      made.push_back(Span(static_cast<std::size_t>(start), static_cast<std::size_t>(start + length),
                          kind / 4.0, kind % 2 == 0 ? "cliche" : "purple_prose"));
    }
    return Disjoint(made);
  };
  const auto local = spans(), model = spans();
  const auto merged = Merge(local, model);
  for (std::size_t i = 1; i < merged.size(); ++i) RC_ASSERT(merged[i - 1].end <= merged[i].start);
  for (const core::WeakSpan& span : merged) {
    const auto same = [&](const core::WeakSpan& other) {
      return other.start == span.start && other.end == span.end && other.category == span.category;
    };
    RC_ASSERT(std::ranges::any_of(local, same) || std::ranges::any_of(model, same));
  }
  // Nothing is lost without a surer one in its place.
  for (const core::WeakSpan& span : model) {
    RC_ASSERT(std::ranges::any_of(merged, [&](const core::WeakSpan& kept) {
      return kept.start < span.end && span.start < kept.end && kept.confidence >= span.confidence;
    }));
  }
}

}  // namespace
}  // namespace redraft::edit
