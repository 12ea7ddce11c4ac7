#include "redraft/rank/standings.h"

#include <gtest/gtest.h>

#include "redraft/rank/elo.h"

namespace redraft::rank {
namespace {

const std::vector<Outcome> kOutcomes = {{.a = 2, .b = 0, .p_a = 1},
                                        {.a = 2, .b = 1, .p_a = 1, .a_first = false}};

TEST(Standings, ListTheBestFirstAndEqualOnesInItemOrder) {
  const auto standings = EloStandings(ReplayElo(4, kOutcomes).value(), kOutcomes);
  ASSERT_EQ(standings.items.size(), 4u);
  EXPECT_EQ(standings.items[0].item, 2);
  EXPECT_EQ(standings.items[0].verdicts, 2);
  EXPECT_EQ(standings.items[1].item, 3);  // has not played
  EXPECT_EQ(standings.components, 2);
  const auto flat = EloStandings({1, 1, 1}, {});
  EXPECT_EQ(flat.items[0].item, 0);
  EXPECT_EQ(flat.items[2].item, 2);
}

TEST(Standings, LeaveFiguresThatAMethodDoesNotHaveNull) {
  const std::vector<Json> ids = {"x", "y", 7};
  const Json elo = ToJson(EloStandings(ReplayElo(3, kOutcomes).value(), kOutcomes), ids);
  EXPECT_EQ(elo["items"][0]["id"], 7);
  EXPECT_TRUE(elo["items"][0]["se"].is_null());
  EXPECT_TRUE(elo["items"][0]["p_top"].is_null());
  EXPECT_TRUE(elo["slot"]["logit"].is_null());
  EXPECT_FALSE(elo.contains("length"));

  const Json glicko = ToJson(
      GlickoStandings(UpdateGlicko2(std::vector<GlickoRating>(3), kOutcomes).value(), kOutcomes),
      ids);
  EXPECT_GT(glicko["items"][0]["hi"], glicko["items"][0]["rating"]);
  EXPECT_TRUE(glicko["items"][0]["p_top"].is_null());
}

TEST(Standings, CarryIntervalsAndTermsOfABradleyTerryFit) {
  const auto fit = FitBradleyTerry(3, kOutcomes, {.slot = true, .length = true}).value();
  const auto standings = BradleyTerryStandings(fit, PosteriorTopK(fit, 1, Rng(1)), kOutcomes);
  const Standing& best = standings.items[0];
  EXPECT_EQ(best.item, 2);
  EXPECT_NEAR(*best.hi - best.rating, 1.959964 * *best.se, 1e-6);
  EXPECT_NEAR(best.rating - *best.lo, 1.959964 * *best.se, 1e-6);
  EXPECT_GT(*best.p_top, 0.5);
  const Json json = ToJson(standings, {"x", "y", "z"});
  EXPECT_EQ(json["slot"]["logit"], fit.slot->value);
  EXPECT_EQ(json["length"]["se"], fit.length->se);
  EXPECT_EQ(json["components"], 1);
}

}  // namespace
}  // namespace redraft::rank
