#include "redraft/rank/elo.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "redraft/base/random.h"
#include "redraft/rank/published_runs_test.h"

namespace redraft::rank {
namespace {

TEST(Elo, ReproducesThePublishedRuns) {
  if (PublishedRunsFolder().empty()) GTEST_SKIP() << "no published runs beside the repository";
  const auto expect = [](const char* name, std::size_t matches, const char* top_id, double top,
                         const char* bottom_id, double bottom) {
    const PublishedRun run = ReadPublishedRun(name);
    ASSERT_EQ(run.outcomes.size(), matches) << name;
    const auto ratings = ReplayElo(static_cast<int>(run.ids.size()), run.outcomes).value();
    const auto [low, high] = std::minmax_element(ratings.begin(), ratings.end());
    EXPECT_NEAR(*high, top, 5e-5) << name;
    EXPECT_NEAR(*low, bottom, 5e-5) << name;
    EXPECT_EQ(run.ids[static_cast<std::size_t>(high - ratings.begin())].substr(0, 8), top_id);
    EXPECT_EQ(run.ids[static_cast<std::size_t>(low - ratings.begin())].substr(0, 8), bottom_id);
  };
  expect("story1", 296, "897ccd25", 1333.6603, "b187e031", 1080.3664);
  expect("story3", 286, "f346c1ca", 1361.5856, "4411b947", 992.1093);
  expect("space_llama-Scout", 400, "13d82c8e", 1399.7338, "779731cc", 987.7746);
  expect("book_store", 210, "f6d86e1e", 1410.7018, "60ba0436", 934.2931);
}

TEST(Elo, ReproducesTheStoredLeaderboards) {
  if (PublishedRunsFolder().empty()) GTEST_SKIP() << "no published runs beside the repository";
  for (const char* name : {"story1", "story3", "space_llama-Scout", "book_store"}) {
    const PublishedRun run = ReadPublishedRun(name);
    const auto ratings = ReplayElo(static_cast<int>(run.ids.size()), run.outcomes).value();
    const auto stored =
        ParseJson(ReadFile(PublishedRunsFolder() / name / "elo_rankings.json").value()).value();
    std::size_t compared = 0;
    for (const Json& row : stored["leaderboard"]) {
      const auto at = std::find(run.ids.begin(), run.ids.end(), row["story_id"]);
      if (at == run.ids.end()) continue;
      ++compared;
      EXPECT_NEAR(ratings[static_cast<std::size_t>(at - run.ids.begin())], row["elo"].get<double>(),
                  0.00501)
          << name;
    }
    EXPECT_EQ(compared, run.ids.size()) << name;
  }
}

TEST(Elo, MovesTheFirstTwoTextsBySixteenPoints) {
  const auto ratings = ReplayElo(2, {{.a = 0, .b = 1, .p_a = 0}}).value();
  EXPECT_DOUBLE_EQ(ratings[0], 1184);
  EXPECT_DOUBLE_EQ(ratings[1], 1216);
}

TEST(Elo, GivesTenToOneOddsFor400Points) {
  EXPECT_NEAR(EloExpectation(1600, 1200), 10.0 / 11, 1e-15);
  EXPECT_EQ(EloExpectation(1200, 1200), 0.5);
}

RC_GTEST_PROP(Elo, MatchesTheFiveLineLoopBitForBitAndKeepsTheSum, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<Outcome> outcomes;
  double loop[6] = {1000, 1000, 1000, 1000, 1000, 1000};
  for (int i = 0; i < 100; ++i) {
    const int a = static_cast<int>(rng.Below(6)), b = (a + 1 + static_cast<int>(rng.Below(5))) % 6;
    outcomes.push_back({.a = a, .b = b, .p_a = rng.Uniform()});
    const double e = 1 / (1 + std::pow(10, (loop[b] - loop[a]) / 400));
    const double gain = 20 * (outcomes.back().p_a - e);
    loop[a] += gain;
    loop[b] -= gain;
  }
  const auto ratings = ReplayElo(6, outcomes, {.base = 1000, .k = 20}).value();
  double sum = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    RC_ASSERT(ratings[i] == loop[i]);
    sum += ratings[i];
  }
  RC_ASSERT(std::abs(sum - 6000) < 1e-9);
}

TEST(Elo, RefusesUnusableOutcomes) {
  EXPECT_EQ(ReplayElo(2, {{.a = 1, .b = 1}}).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace redraft::rank
