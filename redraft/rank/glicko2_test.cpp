#include "redraft/rank/glicko2.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "redraft/base/random.h"

namespace redraft::rank {
namespace {

TEST(Glicko2, ReproducesGlickmansExample) {
  const std::vector<GlickoRating> before = {
      {1500, 200, 0.06}, {1400, 30, 0.06}, {1550, 100, 0.06}, {1700, 300, 0.06}};
  const auto after = UpdateGlicko2(before, {{.a = 0, .b = 1, .p_a = 1},
                                            {.a = 0, .b = 2, .p_a = 0},
                                            {.a = 3, .b = 0, .p_a = 1}})
                         .value();
  EXPECT_NEAR(after[0].rating, 1464.06, 0.01);
  EXPECT_NEAR(after[0].deviation, 151.52, 0.01);
  EXPECT_NEAR(after[0].volatility, 0.05999, 0.00001);
}

TEST(Glicko2, GrowsTheDeviationOfAnItemThatDidNotPlay) {
  const auto after = UpdateGlicko2({{1500, 200, 0.06}, {1400, 30, 0.06}}, {}).value();
  EXPECT_EQ(after[0].rating, 1500);
  EXPECT_NEAR(after[0].deviation, std::hypot(200, 0.06 * 173.7178), 1e-9);
}

/// Outcomes of a small tournament among `items`.
std::vector<Outcome> Tournament(int items, Rng rng) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 5 * items; ++i) {
    const int a = static_cast<int>(rng.Below(static_cast<std::size_t>(items)));
    const int step = 1 + static_cast<int>(rng.Below(static_cast<std::size_t>(items - 1)));
    outcomes.push_back({.a = a, .b = (a + step) % items, .p_a = rng.Below(2) == 1 ? 1.0 : 0.0});
  }
  return outcomes;
}

RC_GTEST_PROP(Glicko2, DoesNotDependOnTheOrderOfTheItems, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  constexpr int kItems = 7;
  std::vector<GlickoRating> before(kItems);
  for (GlickoRating& rating : before) {
    rating = {1500 + 200 * rng.Normal(), 50 + 300 * rng.Uniform(), 0.06};
  }
  std::vector<Outcome> outcomes = Tournament(kItems, rng.Fork("play"));
  const auto after = UpdateGlicko2(before, outcomes).value();

  std::vector<int> renamed(kItems);
  std::iota(renamed.begin(), renamed.end(), 0);
  rng.Shuffle(renamed);
  std::vector<GlickoRating> shuffled(kItems);
  for (std::size_t i = 0; i < kItems; ++i)
    shuffled[static_cast<std::size_t>(renamed[i])] = before[i];
  for (Outcome& outcome : outcomes) {
    outcome.a = renamed[static_cast<std::size_t>(outcome.a)];
    outcome.b = renamed[static_cast<std::size_t>(outcome.b)];
  }
  const auto other = UpdateGlicko2(shuffled, outcomes).value();
  for (std::size_t i = 0; i < kItems; ++i) {
    RC_ASSERT(other[static_cast<std::size_t>(renamed[i])].rating == after[i].rating);
    RC_ASSERT(other[static_cast<std::size_t>(renamed[i])].deviation == after[i].deviation);
  }
}

TEST(Glicko2, LeavesDeviationsOfAbout110After20FreshMatches) {
  // Fresh opponents are uncertain themselves; forgetting that gives about 78.
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 20; ++i) outcomes.push_back({.a = 0, .b = 1 + i, .p_a = i % 2 ? 1.0 : 0.0});
  const auto after = UpdateGlicko2(std::vector<GlickoRating>(21), outcomes).value();
  EXPECT_NEAR(after[0].deviation, 110, 5);
  EXPECT_NEAR(after[0].rating, 1500, 1e-9);
}

TEST(Glicko2, RaisesTheVolatilityOfASurprisingItem) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 10; ++i) outcomes.push_back({.a = 0, .b = 1, .p_a = 0});
  const auto after = UpdateGlicko2({{2200, 50, 0.06}, {1400, 50, 0.06}}, outcomes).value();
  EXPECT_GT(after[0].volatility, 0.06);
  EXPECT_TRUE(std::isfinite(after[0].rating));
}

TEST(Glicko2, RefusesANonPositiveTau) {
  EXPECT_EQ(UpdateGlicko2({}, {}, 0).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace redraft::rank
