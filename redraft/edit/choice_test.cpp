#include "redraft/edit/choice.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "redraft/edit/apply.h"

namespace redraft::edit {
namespace {

class Ruled final : public core::Scorer {
 public:
  explicit Ruled(std::function<double(std::string_view)> rule) : rule_(std::move(rule)) {}
  std::string id() const override { return "ruled"; }
  double Score(std::string_view text) const override { return rule_(text); }

 private:
  std::function<double(std::string_view)> rule_;
};

int Count(std::string_view text, std::string_view what) {
  int count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

Place PlaceOf(std::string_view text, std::string_view words,
              const std::vector<std::string>& replacements) {
  const std::size_t start = text.find(words);
  Place place{
      .span = {start, start + words.size(), "cliche", "", 1}, .candidates = {}, .chosen = {}};
  for (const std::string& replacement : replacements) {
    place.candidates.push_back({.edit = {place.span, replacement}});
  }
  return place;
}

constexpr std::string_view kText = "It rained cats and dogs as black as night on the old town.";
constexpr Prices kFree{.distance = 0, .length = 0, .max_growth = 1};

TEST(Choose, TheBestCandidateOfEachPlaceIsTaken) {
  const Ruled good(
      [](std::string_view text) { return Count(text, "good") + 2 * Count(text, "best"); });
  std::vector<Place> places = {PlaceOf(kText, "cats and dogs", {"bad", "good", "best"}),
                               PlaceOf(kText, "as black as night", {"good"})};
  Choose(kText, places, good, kFree);
  ASSERT_TRUE(places[0].chosen);
  EXPECT_EQ(places[0].candidates[0].edit.replacement, "best") << "sorted by worth";
  EXPECT_EQ(*places[0].chosen, 0U);
  EXPECT_EQ(places[0].candidates[0].worth, 2);
  EXPECT_EQ(Apply(kText, Chosen(places))->text, "It rained best good on the old town.");
}

TEST(Choose, WhatDoesNotPayForItselfIsLeft) {
  const Ruled good([](std::string_view text) { return 0.1 * Count(text, "good"); });
  std::vector<Place> places = {PlaceOf(kText, "cats and dogs", {"hail", "good"})};
  Choose(kText, places, good, {.distance = 1, .length = 0, .max_growth = 1});
  EXPECT_FALSE(places[0].chosen);
  Choose(kText, places, good, kFree);
  EXPECT_TRUE(places[0].chosen);
}

TEST(Choose, AnEditThatSpoilsAnotherIsNotTaken) {
  // Two times "good" is worse than once.
  const Ruled once([](std::string_view text) { return Count(text, "good") == 1 ? 1 : 0; });
  std::vector<Place> places = {PlaceOf(kText, "cats and dogs", {"good"}),
                               PlaceOf(kText, "as black as night", {"good"})};
  Choose(kText, places, once, kFree);
  EXPECT_EQ(Chosen(places).size(), 1U);
}

RC_GTEST_PROP(Choose, ChosenEditsAreDisjointWithinBoundsAndEachPaysForItself, ()) {
  const auto lengths = *rc::gen::container<std::vector<int>>(8, rc::gen::inRange(1, 5));
  std::string text;
  std::vector<Place> places;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::size_t start = text.size();
    for (int w = 0; w < lengths[i]; ++w) text += "w" + std::to_string(i) + " ";
    if (*rc::gen::arbitrary<bool>()) continue;
    Place place{.span = {start, text.size(), "cliche", "", 1}, .candidates = {}, .chosen = {}};
    // Some candidates reach into the neighbour, as deletions do.
    for (const int reach : *rc::gen::container<std::vector<int>>(2, rc::gen::inRange(0, 3))) {
      core::WeakSpan span = place.span;
      span.start -= std::min<std::size_t>(span.start, static_cast<std::size_t>(reach));
      place.candidates.push_back({.edit = {span, reach == 0 ? "x y " : "x "}});
    }
    places.push_back(std::move(place));
  }
  const double most = *rc::gen::inRange(0, 10) / 10.0;
  const Ruled rule([](std::string_view t) { return static_cast<double>(Count(t, "x")); });
  const Prices prices{.distance = 1, .length = 0.5, .max_distance = most, .max_growth = 0.3};
  Choose(text, places, rule, prices);
  const auto applied = Apply(text, Chosen(places));
  RC_ASSERT(applied.has_value());
  RC_ASSERT(WithinBounds(text, applied->text, prices));
  RC_ASSERT(Worth(rule, text, applied->text, prices) >= 0);
}

}  // namespace
}  // namespace redraft::edit
