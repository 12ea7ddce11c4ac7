#include "redraft/rank/bradley_terry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "redraft/rank/pairing.h"
#include "redraft/rank/published_runs_test.h"

namespace redraft::rank {
namespace {

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// A random tournament with everything in it: soft and hard verdicts, ties, lengths, judges.
std::vector<Outcome> Mixed(int items, int count, Rng rng) {
  std::vector<double> quality(static_cast<std::size_t>(items));
  for (double& q : quality) q = rng.Normal();
  std::vector<Outcome> outcomes;
  for (int i = 0; i < count; ++i) {
    Outcome outcome;
    outcome.a = static_cast<int>(rng.Below(static_cast<std::size_t>(items)));
    outcome.b =
        (outcome.a + 1 + static_cast<int>(rng.Below(static_cast<std::size_t>(items - 1)))) % items;
    outcome.a_first = rng.Below(2) == 1;
    outcome.judge = static_cast<int>(rng.Below(2));
    outcome.log_len_ratio = 0.5 * rng.Normal();
    const double eta = quality[static_cast<std::size_t>(outcome.a)] -
                       quality[static_cast<std::size_t>(outcome.b)] +
                       (outcome.a_first ? 0.5 : -0.5) + 0.4 * outcome.log_len_ratio;
    const double kind = rng.Uniform();
    outcome.p_a = kind < 0.2                     ? 0.5
                  : kind < 0.5                   ? Sigmoid(eta)
                  : rng.Uniform() < Sigmoid(eta) ? 1
                                                 : 0;
    if (kind > 0.9) outcome.logit = eta + 0.5 * rng.Normal();
    outcomes.push_back(outcome);
  }
  return outcomes;
}

TEST(BradleyTerry, ReproducesTheFixturesOfThePublishedRuns) {
  if (PublishedRunsFolder().empty()) GTEST_SKIP() << "no published runs beside the repository";
  const auto top = [](const char* name) {
    const PublishedRun run = ReadPublishedRun(name);
    const auto fit = FitBradleyTerry(static_cast<int>(run.ids.size()), run.outcomes).value();
    const auto best = std::max_element(fit.strength.begin(), fit.strength.end());
    return std::pair(*best,
                     run.ids[static_cast<std::size_t>(best - fit.strength.begin())].substr(0, 8));
  };
  EXPECT_NEAR(top("story1").first, 1.3359, 5e-5);
  EXPECT_NEAR(top("story3").first, 1.7963, 5e-5);
  EXPECT_EQ(top("space_llama-Scout").second, "2f6b2af7");  // Elo puts another one first
}

TEST(BradleyTerry, ReproducesThePublishedSlotBias) {
  if (PublishedRunsFolder().empty()) GTEST_SKIP() << "no published runs beside the repository";
  // Only these two runs showed story1 first throughout.
  const auto expect = [](const char* name, double rate, double slot, double se) {
    const PublishedRun run = ReadPublishedRun(name);
    double first = 0;
    for (const Outcome& outcome : run.outcomes) first += outcome.p_a;
    EXPECT_NEAR(first / static_cast<double>(run.outcomes.size()), rate, 0.001) << name;
    const auto fit =
        FitBradleyTerry(static_cast<int>(run.ids.size()), run.outcomes, {.slot = true}).value();
    EXPECT_NEAR(fit.slot->value, slot, 0.006) << name;
    EXPECT_NEAR(fit.slot->se, se, 0.006) << name;
  };
  expect("book_store", .624, 1.54, .31);
  expect("space_llama-Scout", .502, -0.21, .15);
}

/// The log-posterior of the plain model with slot, length and Davidson's ties, written down again.
double SlowLogPosterior(const std::vector<double>& x, int items,
                        const std::vector<Outcome>& outcomes) {
  double sum = 0;
  for (int i = 0; i < items; ++i)
    sum -= 0.05 * x[static_cast<std::size_t>(i)] * x[static_cast<std::size_t>(i)];
  const auto n = static_cast<std::size_t>(items);
  const double slot = x[n], length = x[n + 1], log_tie = x[n + 2];
  sum -= 0.005 * (slot * slot + length * length + log_tie * log_tie);
  for (const Outcome& o : outcomes) {
    const double eta = x[static_cast<std::size_t>(o.a)] - x[static_cast<std::size_t>(o.b)] +
                       (o.a_first ? slot : -slot) + length * o.log_len_ratio;
    const double a = std::exp(eta / 2), b = std::exp(-eta / 2), tie = std::exp(log_tie);
    sum += o.p_a == 0.5
               ? std::log(tie / (a + b + tie))
               : o.p_a * std::log(a / (a + b + tie)) + (1 - o.p_a) * std::log(b / (a + b + tie));
  }
  return sum;
}

TEST(BradleyTerry, MatchesPlainGradientAscentWithSlotLengthAndTies) {
  constexpr int kItems = 6;
  std::vector<Outcome> outcomes = Mixed(kItems, 80, Rng(4));
  for (Outcome& outcome : outcomes) outcome.judge = 0;
  const auto fit =
      FitBradleyTerry(kItems, outcomes, {.slot = true, .length = true, .davidson = true}).value();
  std::vector<double> x(kItems + 3, 0);
  for (int step = 0; step < 20000; ++step) {
    std::vector<double> next = x;
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<double> up = x, down = x;
      up[i] += 1e-5;
      down[i] -= 1e-5;
      next[i] +=
          0.03 *
          (SlowLogPosterior(up, kItems, outcomes) - SlowLogPosterior(down, kItems, outcomes)) /
          2e-5;
    }
    double moved = 0;
    for (std::size_t i = 0; i < x.size(); ++i) moved = std::max(moved, std::abs(next[i] - x[i]));
    x = next;
    if (moved < 1e-10) break;
  }
  for (std::size_t i = 0; i < kItems; ++i) EXPECT_NEAR(fit.strength[i], x[i], 1e-6);
  EXPECT_NEAR(fit.slot->value, x[kItems], 1e-6);
  EXPECT_NEAR(fit.length->value, x[kItems + 1], 1e-6);
  EXPECT_NEAR(fit.log_tie->value, x[kItems + 2], 1e-6);
}

TEST(BradleyTerry, StandardErrorsInvertTheCurvatureOfTheLogPosterior) {
  // Two items, n verdicts: precision of θ_0 − θ_1 is n p(1 − p) + λ/2.
  std::vector<Outcome> outcomes(8, {.a = 0, .b = 1, .p_a = 1});
  outcomes.resize(11, {.a = 0, .b = 1, .p_a = 0});
  const auto fit = FitBradleyTerry(2, outcomes).value();
  const double gap = fit.strength[0] - fit.strength[1], p = Sigmoid(gap);
  EXPECT_NEAR(8 - 11 * p, 0.05 * gap, 1e-9);  // the gradient vanishes
  const Coefficient difference = Contrast(fit, {1, -1});
  EXPECT_NEAR(difference.value, gap, 1e-12);
  EXPECT_NEAR(difference.se, 1 / std::sqrt(11 * p * (1 - p) + 0.05), 1e-9);
  EXPECT_NEAR(fit.se[0], difference.se / 2, 1e-9);
}

RC_GTEST_PROP(BradleyTerry, RelabellingPermutesAndReversingNegates, ()) {
  const std::uint64_t seed = *rc::gen::arbitrary<std::uint64_t>();
  constexpr int kItems = 8;
  Rng rng(seed);
  const std::vector<Outcome> outcomes = Mixed(kItems, 60, rng.Fork("play"));
  const BradleyTerryOptions options{
      .slot = true, .length = true, .davidson = true, .log_odds = true};
  const auto fit = FitBradleyTerry(kItems, outcomes, options).value();

  std::vector<int> renamed(kItems);
  std::iota(renamed.begin(), renamed.end(), 0);
  rng.Shuffle(renamed);
  std::vector<Outcome> relabelled = outcomes, reversed = outcomes, reordered = outcomes,
                       swapped = outcomes;
  for (Outcome& o : relabelled) {
    o.a = renamed[static_cast<std::size_t>(o.a)];
    o.b = renamed[static_cast<std::size_t>(o.b)];
  }
  for (Outcome& o : reversed) {
    o.p_a = 1 - o.p_a;
    if (o.logit) o.logit = -*o.logit;
  }
  for (Outcome& o : swapped) {  // the same verdict written down from the other side
    std::swap(o.a, o.b);
    o.p_a = 1 - o.p_a;
    o.a_first = !o.a_first;
    o.log_len_ratio = -o.log_len_ratio;
    if (o.logit) o.logit = -*o.logit;
  }
  rng.Shuffle(reordered);
  const auto fit_relabelled = FitBradleyTerry(kItems, relabelled, options).value();
  const auto fit_reversed = FitBradleyTerry(kItems, reversed, options).value();
  const auto fit_reordered = FitBradleyTerry(kItems, reordered, options).value();
  const auto fit_swapped = FitBradleyTerry(kItems, swapped, options).value();
  for (std::size_t i = 0; i < kItems; ++i) {
    const auto to = static_cast<std::size_t>(renamed[i]);
    RC_ASSERT(std::abs(fit_relabelled.strength[to] - fit.strength[i]) < 1e-9);
    RC_ASSERT(std::abs(fit_relabelled.se[to] - fit.se[i]) < 1e-9);
    RC_ASSERT(std::abs(fit_reversed.strength[i] + fit.strength[i]) < 1e-9);
    RC_ASSERT(std::abs(fit_reordered.strength[i] - fit.strength[i]) < 1e-9);
    RC_ASSERT(std::abs(fit_swapped.strength[i] - fit.strength[i]) < 1e-9);
  }
  RC_ASSERT(std::abs(fit_reversed.slot->value + fit.slot->value) < 1e-9);
  RC_ASSERT(std::abs(fit_swapped.slot->value - fit.slot->value) < 1e-9);
}

TEST(BradleyTerry, CoinFlipsGiveNominalCoverage) {
  // Every item is equal and the coin favours no slot: 95 % intervals must hold 0 about that often.
  int held = 0, slot_held = 0, contrast_held = 0;
  constexpr int kTrials = 300, kItems = 20;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rng rng = Rng(77).Fork(std::to_string(trial));
    std::vector<Outcome> outcomes;
    for (const Pair& pair : RandomRounds(kItems, 20, rng.Fork("pairs"))) {
      outcomes.push_back({.a = pair.first, .b = pair.second, .p_a = rng.Below(2) == 1 ? 1.0 : 0.0});
    }
    const auto fit = FitBradleyTerry(kItems, outcomes, {.slot = true}).value();
    for (std::size_t i = 0; i < kItems; ++i) held += std::abs(fit.strength[i]) < 1.96 * fit.se[i];
    slot_held += std::abs(fit.slot->value) < 1.96 * fit.slot->se;
    std::vector<double> halves(kItems, 0.1);
    std::fill(halves.begin() + kItems / 2, halves.end(), -0.1);
    const Coefficient contrast = Contrast(fit, halves);
    contrast_held += std::abs(contrast.value) < 1.96 * contrast.se;
  }
  EXPECT_NEAR(held, 0.95 * kTrials * kItems, 0.02 * kTrials * kItems);
  EXPECT_NEAR(slot_held, 0.95 * kTrials, 4 * std::sqrt(0.95 * 0.05 * kTrials));
  EXPECT_NEAR(contrast_held, 0.95 * kTrials, 4 * std::sqrt(0.95 * 0.05 * kTrials));
}

TEST(BradleyTerry, IntervalsCoverTrueStrengths) {
  int held = 0, boot_held = 0;
  constexpr int kTrials = 40, kItems = 12;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rng rng = Rng(5).Fork(std::to_string(trial));
    std::vector<double> truth(kItems);
    for (double& t : truth) t = rng.Normal();
    const double mean = stats::Mean(truth);
    std::vector<Outcome> outcomes;
    for (const Pair& pair : RandomRounds(kItems, 40, rng.Fork("pairs"))) {
      const double p = Sigmoid(truth[static_cast<std::size_t>(pair.first)] -
                               truth[static_cast<std::size_t>(pair.second)]);
      outcomes.push_back({.a = pair.first, .b = pair.second, .p_a = rng.Uniform() < p ? 1.0 : 0.0});
    }
    const auto fit = FitBradleyTerry(kItems, outcomes).value();
    const auto boot = BootstrapStrengths(kItems, outcomes, {}, 100, rng.Fork("boot")).value();
    for (std::size_t i = 0; i < kItems; ++i) {
      held += std::abs(fit.strength[i] - (truth[i] - mean)) < 1.96 * fit.se[i];
      boot_held += boot[i].Contains(truth[i] - mean);
    }
  }
  EXPECT_NEAR(held, 0.95 * kTrials * kItems, 0.035 * kTrials * kItems);
  EXPECT_GT(boot_held, 0.87 * kTrials * kItems);
}

TEST(BradleyTerry, SlotTermFindsTheBiasOfACoinThatPrefersTheFirst) {
  Rng rng(9);
  std::vector<Outcome> outcomes;
  for (const Pair& pair : RandomRounds(30, 40, rng.Fork("pairs"))) {
    outcomes.push_back({.a = pair.first, .b = pair.second, .p_a = rng.Uniform() < 0.8 ? 1.0 : 0.0});
  }
  const auto fit = FitBradleyTerry(30, outcomes, {.slot = true}).value();
  EXPECT_NEAR(fit.slot->value, std::log(4), 3 * fit.slot->se);
  EXPECT_LT(fit.slot->se, 0.15);
}

TEST(BradleyTerry, DavidsonRecoversTheTieParameter) {
  // ν = 1 between equals: a third of the verdicts are ties.
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 900; ++i) {
    outcomes.push_back({.a = i % 2, .b = 1 - i % 2, .p_a = 0.5 * (i / 2 % 3)});
  }
  const auto fit = FitBradleyTerry(2, outcomes, {.davidson = true}).value();
  EXPECT_NEAR(fit.log_tie->value, 0, 0.02);
  EXPECT_NEAR(fit.strength[0], 0, 1e-9);
  // Curvature of ln ν at t = 1/3 of 900: 900 · t(1 − t).
  EXPECT_NEAR(fit.log_tie->se, 1 / std::sqrt(200 + 0.01), 1e-3);
}

TEST(BradleyTerry, TiesHalvedGiveTheSameAsAWinAndALoss) {
  const auto ties =
      FitBradleyTerry(3, {{.a = 0, .b = 1}, {.a = 0, .b = 1}, {.a = 1, .b = 2, .p_a = 1}}).value();
  const auto split =
      FitBradleyTerry(
          3, {{.a = 0, .b = 1, .p_a = 1}, {.a = 0, .b = 1, .p_a = 0}, {.a = 1, .b = 2, .p_a = 1}})
          .value();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(ties.strength[i], split.strength[i], 1e-9);
}

TEST(BradleyTerry, LogOddsKeepTheOrderUnderAJudgeThatAlwaysSaysA) {
  Rng rng(3);
  constexpr int kItems = 10;
  std::vector<Outcome> outcomes;
  for (const Pair& pair : RandomRounds(kItems, 12, rng.Fork("pairs"))) {
    const double logit = 0.5 * (pair.first - pair.second) + 6 + 0.3 * rng.Normal();
    outcomes.push_back(
        {.a = pair.first, .b = pair.second, .p_a = logit > 0 ? 1.0 : 0.0, .logit = logit});
  }
  const auto fit = FitBradleyTerry(kItems, outcomes, {.slot = true, .log_odds = true}).value();
  EXPECT_TRUE(std::is_sorted(fit.strength.begin(), fit.strength.end()));
  EXPECT_NEAR(fit.slot->value, 6, 0.3);
  EXPECT_NEAR(fit.judge_noise[0], 0.3, 0.3);
}

TEST(BradleyTerry, JudgeSlopesTellASharpJudgeFromACoin) {
  Rng rng(13);
  constexpr int kItems = 20;
  std::vector<Outcome> outcomes;
  for (int judge = 0; judge < 2; ++judge) {
    for (const Pair& pair : RandomRounds(kItems, 60, rng.Fork(std::to_string(judge)))) {
      const double eta = (judge == 0 ? 1.0 : 0.1) * 0.3 * (pair.first - pair.second);
      outcomes.push_back({.a = pair.first,
                          .b = pair.second,
                          .p_a = rng.Uniform() < Sigmoid(eta) ? 1.0 : 0.0,
                          .judge = judge});
    }
  }
  const auto fit = FitBradleyTerry(kItems, outcomes, {.slot = true, .judge_slopes = true}).value();
  ASSERT_EQ(fit.judge_log_slope.size(), 2u);
  EXPECT_EQ(fit.judge_log_slope[0].value, 0);
  EXPECT_LT(fit.judge_log_slope[1].value + 3 * fit.judge_log_slope[1].se, 0);
  EXPECT_EQ(fit.judge_slot.size(), 2u);
  EXPECT_NEAR(fit.judge_slot[1].value, 0, 4 * fit.judge_slot[1].se);
}

TEST(BradleyTerry, StaysFiniteWhenOneItemWinsEverything) {
  std::vector<Outcome> outcomes;
  for (int other = 1; other < 6; ++other) {
    for (int i = 0; i < 20; ++i)
      outcomes.push_back({.a = 0, .b = other, .p_a = 1, .a_first = i % 2 == 0});
  }
  const auto fit =
      FitBradleyTerry(6, outcomes, {.slot = true, .length = true, .davidson = true}).value();
  EXPECT_GT(fit.strength[0], 2);
  EXPECT_LT(fit.strength[0], 20);
  EXPECT_GT(PosteriorTopK(fit, 1, Rng(1)).p_top[0], 0.9);
}

TEST(BradleyTerry, HandlesNoVerdictsOneItemAndNoItems) {
  const auto nothing = FitBradleyTerry(4, {}, {.slot = true}).value();
  EXPECT_EQ(nothing.strength, std::vector<double>(4, 0));
  EXPECT_EQ(nothing.components.count, 4);
  EXPECT_NEAR(nothing.se[0], std::sqrt(10 - 10.0 / 4), 1e-9);
  EXPECT_NEAR(nothing.slot->se, 10, 1e-6);
  const TopK top = PosteriorTopK(nothing, 2, Rng(1), 4000);
  for (const double p : top.p_top) EXPECT_NEAR(p, 0.5, 0.04);

  const auto one = FitBradleyTerry(1, {}).value();
  EXPECT_EQ(one.strength, std::vector<double>{0});
  EXPECT_EQ(PosteriorTopK(one, 5, Rng(1)).p_top, std::vector<double>{1});
  EXPECT_TRUE(FitBradleyTerry(0, {}).value().strength.empty());
}

TEST(BradleyTerry, ReportsPiecesThatNeverMetAndKeepsThemUncertain) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 50; ++i) {
    outcomes.push_back({.a = 0, .b = 1, .p_a = i % 2 ? 1.0 : 0.0});
    outcomes.push_back({.a = 2, .b = 3, .p_a = i % 2 ? 1.0 : 0.0});
  }
  const auto fit = FitBradleyTerry(4, outcomes).value();
  EXPECT_EQ(fit.components.count, 2);
  EXPECT_LT(Contrast(fit, {1, -1, 0, 0}).se, 0.4);
  EXPECT_GT(Contrast(fit, {1, 0, -1, 0}).se, 2);
}

TEST(BradleyTerry, SampledPosteriorOfALargeFitAgreesWithTheDenseOne) {
  // The same tournament, once padded with items that never play so that it is too large to be
  // dense.
  constexpr int kItems = 40;
  std::vector<Outcome> outcomes = Mixed(kItems, 600, Rng(6));
  for (Outcome& outcome : outcomes) outcome.logit.reset();
  const BradleyTerryOptions options{.slot = true, .length = true, .davidson = true};
  const auto dense = FitBradleyTerry(kItems, outcomes, options).value();
  const auto sampled = FitBradleyTerry(kDenseItems + 1, outcomes, options).value();
  ASSERT_TRUE(sampled.covariance.empty());
  ASSERT_FALSE(sampled.draws.empty());
  const double mean = 1 / (0.1 * kItems) - 1 / (0.1 * (kDenseItems + 1));
  for (std::size_t i = 0; i < kItems; ++i) {
    EXPECT_NEAR(sampled.strength[i], dense.strength[i], 1e-6);
    const double expected = std::sqrt(dense.se[i] * dense.se[i] + mean);
    EXPECT_NEAR(sampled.se[i], expected, 0.08 * expected);
  }
  EXPECT_NEAR(sampled.slot->value, dense.slot->value, 1e-6);
  EXPECT_NEAR(sampled.slot->se, dense.slot->se, 0.1 * dense.slot->se);
  std::vector<double> pair_of_dense(kItems, 0), pair_of_large(kDenseItems + 1, 0);
  pair_of_dense[0] = pair_of_large[0] = 1;
  pair_of_dense[1] = pair_of_large[1] = -1;
  EXPECT_NEAR(Contrast(sampled, pair_of_large).se, Contrast(dense, pair_of_dense).se,
              0.2 * Contrast(dense, pair_of_dense).se);
}

TEST(PosteriorTopK, SumsToKAndIsDeterministic) {
  const auto fit = FitBradleyTerry(10, Mixed(10, 60, Rng(8))).value();
  const TopK top = PosteriorTopK(fit, 3, Rng(2));
  EXPECT_NEAR(std::accumulate(top.p_top.begin(), top.p_top.end(), 0.0), 3, 1e-9);
  EXPECT_EQ(top.p_top, PosteriorTopK(fit, 3, Rng(2)).p_top);
  EXPECT_EQ(top.best.size(), 3u);
  EXPECT_GE(fit.strength[static_cast<std::size_t>(top.best[0])],
            fit.strength[static_cast<std::size_t>(top.best[1])]);
}

TEST(Restrict, KeepsWhatTheFitSaysAboutTheItems) {
  const auto fit = FitBradleyTerry(10, Mixed(10, 60, Rng(8))).value();
  const BradleyTerry part = Restrict(fit, {7, 2, 4});
  EXPECT_EQ(part.strength, (std::vector{fit.strength[7], fit.strength[2], fit.strength[4]}));
  EXPECT_EQ(part.se, (std::vector{fit.se[7], fit.se[2], fit.se[4]}));
  const Coefficient in_part = Contrast(part, {1, 0, -1});
  const Coefficient in_all = Contrast(fit, {0, 0, 0, 0, -1, 0, 0, 1, 0, 0});
  EXPECT_DOUBLE_EQ(in_part.value, in_all.value);
  EXPECT_DOUBLE_EQ(in_part.se, in_all.se);
  EXPECT_EQ(PosteriorTopK(part, 1, Rng(1)).p_top.size(), 3u);
}

TEST(PosteriorTopK, MatchesTheNormalProbabilityForTwoItems) {
  const auto fit =
      FitBradleyTerry(2, {{.a = 0, .b = 1, .p_a = 1}, {.a = 0, .b = 1, .p_a = 0.8}}).value();
  const Coefficient gap = Contrast(fit, {1, -1});
  const double expected = 0.5 * std::erfc(-gap.value / gap.se / std::sqrt(2));
  EXPECT_NEAR(PosteriorTopK(fit, 1, Rng(3), 20000).p_top[0], expected, 0.015);
}

TEST(BradleyTerry, RefusesUnusableInput) {
  EXPECT_EQ(FitBradleyTerry(2, {{.a = 0, .b = 0}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(FitBradleyTerry(2, {}, {.precision = 0}).error().message,
              ::testing::HasSubstr("precision"));
  EXPECT_FALSE(BootstrapStrengths(2, {{.a = 0, .b = 5}}, {}, 10, Rng(1)));
}

}  // namespace
}  // namespace redraft::rank
