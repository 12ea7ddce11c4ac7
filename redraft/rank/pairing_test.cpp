#include "redraft/rank/pairing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace redraft::rank {
namespace {

RC_GTEST_PROP(RandomRounds, LetEveryoneMeetOnceARoundAndAnOddOneSitOut, ()) {
  const int items = *rc::gen::inRange(0, 30), rounds = *rc::gen::inRange(0, 5);
  const auto pairs = RandomRounds(items, rounds, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  const int per_round = items / 2;
  RC_ASSERT(static_cast<int>(pairs.size()) == per_round * rounds);
  for (int round = 0; round < rounds; ++round) {
    std::set<int> seen;
    for (int i = 0; i < per_round; ++i) {
      const Pair& pair = pairs[static_cast<std::size_t>(round * per_round + i)];
      RC_ASSERT(pair.first >= 0 && pair.first < items && pair.second >= 0 && pair.second < items);
      RC_ASSERT(seen.insert(pair.first).second && seen.insert(pair.second).second);
    }
  }
}

TEST(RandomRounds, PlayAlphaWritesSchedule) {
  EXPECT_EQ(RandomRounds(60, 20, Rng(1)).size(), 600u);
  EXPECT_EQ(RandomRounds(30, 20, Rng(1)).size(), 300u);
  EXPECT_EQ(RandomRounds(60, 20, Rng(1)), RandomRounds(60, 20, Rng(1)));
  EXPECT_NE(RandomRounds(60, 20, Rng(1)), RandomRounds(60, 20, Rng(2)));
}

TEST(RandomRounds, MeetEveryPairEquallyOften) {
  // 6 items, 3 of 15 pairs a round: each pair in a fifth of 5,000 rounds.
  int counts[6][6] = {};
  for (const Pair& pair : RandomRounds(6, 5000, Rng(3))) ++counts[pair.first][pair.second];
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) {
      if (i == j) continue;
      EXPECT_NEAR(counts[i][j], 500, 5 * std::sqrt(500.0)) << i << " " << j;
    }
  }
}

/// Ten items a logit apart, each met often; 4 and 5 are closest to the edge of the top five.
std::vector<Outcome> Ladder(int rounds, Rng rng) {
  std::vector<Outcome> outcomes;
  for (const Pair& pair : RandomRounds(10, rounds, rng.Fork("pairs"))) {
    const double p = 1 / (1 + std::exp(1.0 * (pair.first - pair.second)));
    outcomes.push_back({.a = pair.first, .b = pair.second, .p_a = rng.Uniform() < p ? 1.0 : 0.0});
  }
  return outcomes;
}

TEST(ActivePairs, LookAtTheEdgeOfTheTopK) {
  const auto outcomes = Ladder(40, Rng(1));
  const auto fit = FitBradleyTerry(10, outcomes).value();
  const TopK top = PosteriorTopK(fit, 5, Rng(2));
  int near_edge = 0;
  for (const Pair& pair : ActivePairs(fit, top, outcomes, 5, Rng(3))) {
    for (const int item : {pair.first, pair.second}) near_edge += item >= 3 && item <= 6;
  }
  EXPECT_GE(near_edge, 7);
}

TEST(PrefixOrder, KeepsPairsWithTheSameFirstItemTogether) {
  EXPECT_EQ(PrefixOrder({{2, 1}, {0, 1}, {2, 0}, {1, 2}, {0, 2}, {2, 1}}),
            (std::vector<std::size_t>{0, 2, 5, 1, 4, 3}));
  EXPECT_TRUE(PrefixOrder({}).empty());
}

TEST(CountUndecided, CountsItemsThatCouldBeInOrOut) {
  EXPECT_EQ(CountUndecided({.k = 2, .p_top = {0.99, 0.7, 0.3, 0.01}}), 2);
  EXPECT_EQ(CountUndecided({}), 0);
}

TEST(ActivePairs, LetItemsThatNeverPlayedPlay) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 30; ++i) outcomes.push_back({.a = 0, .b = 1, .p_a = i % 2 ? 1.0 : 0.0});
  const auto fit = FitBradleyTerry(6, outcomes).value();
  const TopK top = PosteriorTopK(fit, 2, Rng(2));
  std::set<int> seen;
  for (const Pair& pair : ActivePairs(fit, top, outcomes, 4, Rng(3))) {
    seen.insert(pair.first);
    seen.insert(pair.second);
  }
  for (const int newcomer : {2, 3, 4, 5}) EXPECT_TRUE(seen.contains(newcomer)) << newcomer;
}

TEST(ActivePairs, AreDeterministicDistinctInABatchAndBalancedInSlots) {
  const auto outcomes = Ladder(4, Rng(5));
  const auto fit = FitBradleyTerry(10, outcomes).value();
  const TopK top = PosteriorTopK(fit, 3, Rng(2));
  const auto pairs = ActivePairs(fit, top, outcomes, 200, Rng(3));
  ASSERT_EQ(pairs.size(), 200u);
  EXPECT_EQ(pairs, ActivePairs(fit, top, outcomes, 200, Rng(3)));
  std::vector<int> lead(10, 0);
  for (const Outcome& outcome : outcomes) {
    ++lead[static_cast<std::size_t>(outcome.a)];
    --lead[static_cast<std::size_t>(outcome.b)];
  }
  for (const Pair& pair : pairs) {
    EXPECT_NE(pair.first, pair.second);
    ++lead[static_cast<std::size_t>(pair.first)];
    --lead[static_cast<std::size_t>(pair.second)];
  }
  for (const int difference : lead) EXPECT_LE(std::abs(difference), 4);
}

TEST(ActivePairs, ChoosesTheMostInformativePairFirst) {
  // Slow twin: try every pair and recompute the covariance after one verdict on it.
  const auto outcomes = Ladder(3, Rng(8));
  const auto fit = FitBradleyTerry(10, outcomes).value();
  const TopK top = PosteriorTopK(fit, 4, Rng(2));
  const auto at = [&](int i, int j) {
    return fit.covariance[static_cast<std::size_t>(i * 10 + j)];
  };
  double best = -1;
  std::set<int> best_pair;
  for (int i = 0; i < 10; ++i) {
    for (int j = i + 1; j < 10; ++j) {
      double met = 0;
      for (const Outcome& o : outcomes) met += (o.a == i && o.b == j) || (o.a == j && o.b == i);
      const double gap =
          fit.strength[static_cast<std::size_t>(i)] - fit.strength[static_cast<std::size_t>(j)];
      const double p = 1 / (1 + std::exp(-gap)), w = p * (1 - p) / (1 + 4 * met);
      double gain = 0;
      for (int m = 0; m < 10; ++m) {
        const double u = top.p_top[static_cast<std::size_t>(m)];
        const double s = at(m, i) - at(m, j);
        const double d = at(i, i) + at(j, j) - 2 * at(i, j);
        gain += std::max(u * (1 - u), 1e-3) * (s * s * w / (1 + w * d));
      }
      if (gain > best) {
        best = gain;
        best_pair = {i, j};
      }
    }
  }
  const auto pairs = ActivePairs(fit, top, outcomes, 1, Rng(3));
  EXPECT_EQ((std::set<int>{pairs[0].first, pairs[0].second}), best_pair);
}

TEST(ActivePairs, FindTheTopWithFewerCallsThanRandomRounds) {
  // A small version of bench/ranking: 30 texts, 120 calls, the same judge and seeds for both.
  double active_recall = 0, random_recall = 0;
  for (int trial = 0; trial < 40; ++trial) {
    Rng rng = Rng(21).Fork(std::to_string(trial));
    std::vector<double> truth(30);
    for (double& t : truth) t = rng.Normal();
    const auto recall = [&](bool active) {
      Rng judge = rng.Fork("judge");
      std::vector<Outcome> outcomes;
      const auto ask = [&](const std::vector<Pair>& pairs) {
        for (const Pair& pair : pairs) {
          const double gap = truth[static_cast<std::size_t>(pair.first)] -
                             truth[static_cast<std::size_t>(pair.second)];
          outcomes.push_back({.a = pair.first,
                              .b = pair.second,
                              .p_a = judge.Uniform() < 1 / (1 + std::exp(-2 * gap)) ? 1.0 : 0.0});
        }
      };
      ask(RandomRounds(30, active ? 1 : 8, rng.Fork("pairs")));
      for (int step = 0; active && step < 7; ++step) {
        const auto fit = FitBradleyTerry(30, outcomes).value();
        ask(ActivePairs(fit, PosteriorTopK(fit, 4, rng.Fork("top"), 200), outcomes, 15,
                        rng.Fork("active")));
      }
      const auto best = PosteriorTopK(FitBradleyTerry(30, outcomes).value(), 4, Rng(1), 10).best;
      int found = 0;
      for (const int item : best) {
        int better = 0;
        for (const double t : truth) better += t > truth[static_cast<std::size_t>(item)];
        found += better < 4;
      }
      return found / 4.0;
    };
    active_recall += recall(true) / 40;
    random_recall += recall(false) / 40;
  }
  EXPECT_GT(active_recall, random_recall + 0.03);
}

TEST(ActivePairs, HaveNothingToPairBelowTwoItems) {
  const auto fit = FitBradleyTerry(1, {}).value();
  EXPECT_TRUE(ActivePairs(fit, PosteriorTopK(fit, 1, Rng(1)), {}, 5, Rng(1)).empty());
}

TEST(BothOrders, FollowsEachPairWithItsMirror) {
  EXPECT_EQ(BothOrders({{1, 2}, {4, 3}}), (std::vector<Pair>{{1, 2}, {2, 1}, {4, 3}, {3, 4}}));
}

TEST(DecisivePairs, ComeInBothOrdersWhenFewItemsAreUndecided) {
  const auto many = Ladder(2, Rng(1));
  const auto early = FitBradleyTerry(10, many).value();
  const TopK open = PosteriorTopK(early, 5, Rng(1));
  ASSERT_GT(CountUndecided(open), 6);
  EXPECT_EQ(DecisivePairs(early, open, many, 5, Rng(1)), ActivePairs(early, open, many, 5, Rng(1)));

  const auto outcomes = Ladder(40, Rng(1));
  const auto late = FitBradleyTerry(10, outcomes).value();
  const TopK top = PosteriorTopK(late, 5, Rng(1));
  ASSERT_LE(CountUndecided(top), 6);
  auto both = BothOrders(ActivePairs(late, top, outcomes, 3, Rng(1)));
  both.resize(5);
  EXPECT_EQ(DecisivePairs(late, top, outcomes, 5, Rng(1)), both);
}

TEST(Settled, OnceTheTopIsSure) {
  const auto early = FitBradleyTerry(10, Ladder(2, Rng(1))).value();
  EXPECT_FALSE(Settled(PosteriorTopK(early, 5, Rng(1))));
  const auto late = FitBradleyTerry(10, Ladder(400, Rng(1))).value();
  EXPECT_TRUE(Settled(PosteriorTopK(late, 5, Rng(1))));
}

}  // namespace
}  // namespace redraft::rank
