#include "redraft/judge/shots.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace redraft::judge {
namespace {

std::vector<Shot> Pool(int count) {
  std::vector<Shot> pool;
  for (int i = 0; i < count; ++i) {
    pool.push_back({"good " + std::to_string(i), "bad " + std::to_string(i)});
    pool.back().group = "g" + std::to_string(i);
  }
  return pool;
}

TEST(ChooseShots, PutsTheBetterTextFirstInHalfOfThem) {
  for (int seed = 0; seed < 20; ++seed) {
    for (const int count : {2, 4, 7, 8}) {
      const auto shots =
          ChooseShots(Pool(9), {}, count, Rng(static_cast<std::uint64_t>(seed))).shots;
      ASSERT_EQ(std::ssize(shots), count);
      const auto first = std::ranges::count_if(shots, &Shot::first_better);
      EXPECT_LE(std::abs(2 * first - count), count % 2);
      for (const Shot& shot : shots) {
        EXPECT_EQ(shot.first.starts_with("good"), shot.first_better);
        EXPECT_EQ(shot.second.starts_with("good"), !shot.first_better);
      }
    }
  }
}

TEST(ChooseShots, TakesThePoolInItsOrderAndDrawsTheSlotsBySeed) {
  std::set<std::string> patterns;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    std::string pattern;
    const auto shots = ChooseShots(Pool(9), {}, 4, Rng(seed)).shots;
    for (std::size_t i = 0; i < shots.size(); ++i) {
      EXPECT_EQ(shots[i].group, "g" + std::to_string(i));
      pattern += shots[i].first_better ? 'A' : 'B';
    }
    patterns.insert(pattern);
    EXPECT_EQ(ChooseShots(Pool(9), {}, 4, Rng(seed)).shots[0].first, shots[0].first);
  }
  EXPECT_EQ(patterns.size(), 6U) << "every balanced pattern of four";
}

TEST(ChooseShots, LeavesOutWhatSharesATextOrAGroupWithTheTest) {
  Tested tested;
  tested.Add("unrelated", "GOOD, 1!", "");
  tested.Add("x", "y", "g3");
  const ShotChoice choice = ChooseShots(Pool(6), tested, 10, Rng(1));
  EXPECT_EQ(choice.overlapping, 2);
  ASSERT_EQ(choice.shots.size(), 4U);
  for (const Shot& shot : choice.shots) {
    EXPECT_NE(shot.group, "g1");
    EXPECT_NE(shot.group, "g3");
  }
}

TEST(ChooseShots, APairWithoutAGroupIsNotInTheGroupOfOthersWithoutOne) {
  Tested tested;
  tested.Add("x", "y", "");
  std::vector<Shot> pool = {{"good", "bad"}};
  EXPECT_EQ(ChooseShots(pool, tested, 1, Rng(1)).shots.size(), 1U);
}

}  // namespace
}  // namespace redraft::judge
