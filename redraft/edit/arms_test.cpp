#include "redraft/edit/arms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace redraft::edit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kText = "It rained cats and dogs as black as night on the old town.";
constexpr Prices kFree{.distance = 0, .length = 0, .max_growth = 1};

/// Likes long texts.
class Longest final : public core::Scorer {
 public:
  std::string id() const override { return "longest"; }
  double Score(std::string_view text) const override { return static_cast<double>(text.size()); }
};

core::Edit EditOf(std::string_view words, std::string replacement) {
  const std::size_t start = kText.find(words);
  return {{start, start + words.size(), "cliche", "", 1}, std::move(replacement)};
}

Place PlaceOf(std::vector<Candidate> candidates) {
  return {.span = candidates.front().edit.span, .candidates = std::move(candidates), .chosen = {}};
}

TEST(Assembled, TheKthRevisionHasWhatTheKthReplySaidOfEachPlace) {
  const std::vector<Place> places = {
      PlaceOf({{EditOf("cats and dogs", "hail"), {2}}, {EditOf("cats and dogs", "hard"), {0, 1}}}),
      PlaceOf({{EditOf("as black as night", "blackly"), {1}}})};
  const auto revisions = Assembled(kText, places, 4, Longest(), kFree);
  ASSERT_EQ(revisions.size(), 4U);
  EXPECT_EQ(revisions[0].text, "It rained hard as black as night on the old town.");
  EXPECT_EQ(revisions[1].text, "It rained hard blackly on the old town.");
  EXPECT_EQ(revisions[2].text, "It rained hail as black as night on the old town.");
  EXPECT_EQ(revisions[3].text, kText);
  EXPECT_THAT(revisions[1].reasons, IsEmpty());
  EXPECT_EQ(revisions[1].edits.size(), 2U);
  EXPECT_LT(revisions[1].worth, revisions[0].worth);
  EXPECT_THAT(revisions[3].reasons, ElementsAre("unchanged"));
}

Candidate Sure(std::string_view words, std::string replacement, double confidence) {
  Candidate candidate{EditOf(words, std::move(replacement)), {0}};
  candidate.edit.span.confidence = confidence;
  return candidate;
}

TEST(Assembled, OfEditsThatOverlapTheSurerOneIsCarriedOut) {
  const std::vector<Place> places = {PlaceOf({Sure("dogs as black", "dogs, black", 0.4)}),
                                     PlaceOf({Sure("black as night", "dark", 0.6)}),
                                     PlaceOf({Sure("old town", "town", 0.5)})};
  const auto revisions = Assembled(kText, places, 1, Longest(), kFree);
  EXPECT_EQ(revisions[0].text, "It rained cats and dogs as dark on the town.");
}

TEST(Assembled, AnEditThatWouldLeaveTheBoundsIsLeftOut) {
  const std::vector<Place> places = {PlaceOf({Sure("on the old town", "", 0.5)}),
                                     PlaceOf({Sure("cats and dogs", "hail", 0.7)}),
                                     PlaceOf({Sure("as black as night", "blackly", 0.6)})};
  const auto revisions = Assembled(kText, places, 1, Longest(), {.max_growth = 0.15});
  EXPECT_EQ(revisions[0].text, "It rained hail blackly on the old town.");
  EXPECT_THAT(revisions[0].reasons, IsEmpty());
}

TEST(Revised, BoundsOnTheLengthAreAReason) {
  const auto revision = Revised(kText, {EditOf("rained cats and dogs as black as night", "rained")},
                                {.max_growth = 0.15});
  EXPECT_THAT(revision.reasons, ElementsAre("out_of_bounds"));
}

TEST(ChooseArms, TheBestIsWorthMostAndMoreThanTheDraft) {
  std::vector<Revision> revisions = {{.text = "a", .worth = 1},
                                     {.text = "b", .worth = 3},
                                     {.text = "c", .reasons = {"refusal"}, .worth = 9}};
  EXPECT_EQ(ChooseArms(revisions, Rng(1)).best, 1U);
  for (Revision& revision : revisions) revision.worth -= 3;
  EXPECT_EQ(ChooseArms(revisions, Rng(1)).best, std::nullopt);
  EXPECT_TRUE(ChooseArms(revisions, Rng(1)).random) << "a random one need not be better";
}

TEST(ChooseArms, TheRandomOneIsAnyOfThoseThatPassed) {
  const std::vector<Revision> revisions = {
      {.text = "a", .worth = 1}, {.text = "b", .reasons = {"refusal"}}, {.text = "c", .worth = -1}};
  std::set<std::size_t> drawn;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawn.insert(ChooseArms(revisions, Rng(seed)).random.value());
  }
  EXPECT_THAT(drawn, ElementsAre(0, 2));
  const std::vector<Revision> none = {{.text = "b", .reasons = {"refusal"}}};
  EXPECT_EQ(ChooseArms(none, Rng(1)).random, std::nullopt);
}

}  // namespace
}  // namespace redraft::edit
