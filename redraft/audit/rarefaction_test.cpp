#include "redraft/audit/rarefaction.h"

#include <gtest/gtest.h>

#include <cmath>

#include "redraft/base/random.h"

namespace redraft::audit {
namespace {

/// A book of excerpts of 100 tokens each; generation g of excerpt e covers a token with the token's
/// own probability, and `other` tokens of the next excerpt.
struct Simulated {
  Tally tally;
  std::vector<std::uint32_t> starts;
  double truth = 0;  ///< expected share after `full` generations
};

Simulated Simulate(std::uint32_t excerpts, std::uint32_t generations, std::uint32_t full,
                   std::uint64_t seed) {
  Simulated out;
  out.tally = Tally(Parameters{}, 100 * excerpts, excerpts);
  Rng rng = Rng(seed).Fork("tokens");
  for (std::uint32_t e = 0; e <= excerpts; ++e) out.starts.push_back(100 * e);
  for (std::uint32_t e = 0; e < excerpts; ++e) {
    out.tally.excerpts[e].generations = generations;
    for (std::uint32_t i = 100 * e; i < 100 * (e + 1); ++i) {
      // A few words that models like to repeat, many that they hardly ever do.
      const double p = rng.Uniform() < 0.2 ? 0.3 * rng.Uniform() : 0.02 * rng.Uniform();
      out.truth += 1 - std::pow(1 - p, full);
      std::uint32_t count = 0;
      for (std::uint32_t g = 0; g < generations; ++g) count += rng.Uniform() < p ? 1U : 0U;
      if (count > 0) out.tally.hits.push_back({e, {i, i + 1}, count});
    }
  }
  out.truth /= 100.0 * excerpts;
  return out;
}

double At(const std::vector<RarefactionPoint>& curve, std::uint32_t n) {
  for (const RarefactionPoint& point : curve) {
    if (point.generations == n) return point.value;
  }
  ADD_FAILURE() << "no point at " << n;
  return 0;
}

TEST(Rarefaction, OwnCurveIsExactAtTheGenerationsAtHandAndRises) {
  const Simulated s = Simulate(20, 8, 100, 1);
  const auto curve = ExtrapolateOwn(s.tally, s.starts, 100, 1);
  double covered = 0;
  for (const HitRange& hit : s.tally.hits) covered += hit.range.length();
  EXPECT_NEAR(At(curve, 8), covered / 2000, 1e-12);
  double before = 0;
  for (const RarefactionPoint& point : curve) {
    EXPECT_GE(point.value, before);
    EXPECT_LE(point.value, 1);
    EXPECT_TRUE(point.interval.Contains(point.value)) << point.generations;
    before = point.value;
  }
  EXPECT_EQ(curve.back().generations, 100U);
}

TEST(Rarefaction, OneGenerationIsTheMeanOfAll) {
  const Simulated s = Simulate(5, 10, 10, 2);
  double hits = 0;
  for (const HitRange& hit : s.tally.hits) hits += hit.count;
  EXPECT_NEAR(At(ExtrapolateOwn(s.tally, s.starts, 10, 1), 1), hits / 10 / 500, 1e-12);
}

TEST(Rarefaction, ExtrapolationFindsWhatMoreGenerationsWouldShow) {
  double error_doubled = 0, kept = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Simulated s = Simulate(30, 20, 40, seed);
    const double doubled = At(ExtrapolateOwn(s.tally, s.starts, 40, 1), 40);
    const double at_hand = At(ExtrapolateOwn(s.tally, s.starts, 20, 1), 20);
    error_doubled += (doubled - s.truth) / 20;
    kept += (at_hand - s.truth) / 20;
  }
  EXPECT_LT(std::abs(error_doubled), 0.01);
  EXPECT_LT(kept, -0.03) << "without extrapolation the sample falls short";
}

TEST(Rarefaction, CountsOnlyWhatAnExcerptsOwnPromptBringsAbout) {
  Simulated s = Simulate(2, 4, 4, 3);
  s.tally.hits = {{0, {0, 10}, 4}, {0, {90, 150}, 1}, {1, {50, 60}, 4}};
  s.tally.excerpts[1].generations = 0;  // not asked for: no part of the share
  s.tally.hits.pop_back();
  const auto curve = ExtrapolateOwn(s.tally, s.starts, 4, 1);
  EXPECT_DOUBLE_EQ(At(curve, 4), 0.2);
}

TEST(Rarefaction, OfNothingIsEmpty) {
  Simulated s = Simulate(2, 0, 1, 4);
  EXPECT_TRUE(ExtrapolateOwn(s.tally, s.starts, 100, 1).empty());
  s = Simulate(2, 3, 1, 4);
  s.tally.guarded = 1;
  EXPECT_TRUE(ExtrapolateOwn(s.tally, s.starts, 100, 1).empty()) << "counts are missing";
}

}  // namespace
}  // namespace redraft::audit
