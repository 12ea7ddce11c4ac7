#include "redraft/reward/robustness.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "redraft/reward/model_fixture.h"

namespace redraft::reward {
namespace {

/// Longer is better: what every climber finds at once.
class LengthScorer final : public core::Scorer {
 public:
  std::string id() const override { return "length"; }
  double Score(std::string_view text) const override { return static_cast<double>(text.size()); }
};

class ConstantScorer final : public core::Scorer {
 public:
  std::string id() const override { return "constant"; }
  double Score(std::string_view) const override { return 1; }
};

std::vector<std::string> Texts() {
  const auto& passages = SamplePassages();
  return {passages[0] + " " + passages[2], passages[1] + " " + passages[3],
          passages[2] + " " + passages[3], "Rain."};
}

TEST(Robustness, OfALengthRuleIsPerfectAgainstCutsAndNoneAgainstFiller) {
  const auto kinds = MeasureRobustness(LengthScorer(), Texts(), Rng(1));
  const auto& half = kinds[static_cast<std::size_t>(Corruption::kHalf)];
  EXPECT_EQ(half.texts, 3U) << "a text of one sentence is not counted";
  EXPECT_EQ(half.compared, 1);
  EXPECT_EQ(half.scored, 1);
  EXPECT_EQ(kinds[static_cast<std::size_t>(Corruption::kFiller)].compared, 0);
}

TEST(Robustness, TiesCountHalf) {
  for (const auto& kind : MeasureRobustness(ConstantScorer(), Texts(), Rng(1))) {
    EXPECT_EQ(kind.compared, 0.5);
  }
}

TEST(Robustness, IsTheSameForAnyNumberOfThreads) {
  const RewardModel model(MadeUpModel());
  const auto one = MeasureRobustness(model, Texts(), Rng(5), 1);
  const auto many = MeasureRobustness(model, Texts(), Rng(5), 4);
  for (std::size_t i = 0; i < kCorruptions; ++i) EXPECT_EQ(one[i].compared, many[i].compared);
  EXPECT_EQ(ScoreEmptiness(model, 6, Rng(5), 1), ScoreEmptiness(model, 6, Rng(5), 4));
}

TEST(Climb, KeepsOnlyWhatRaisesTheScore) {
  const std::vector<std::string> pool = {"The ferry left at six whether or not anyone was on it."};
  const Climb climb = ClimbScore(LengthScorer(), Texts()[0], pool, 60, Rng(2));
  EXPECT_GT(climb.end, climb.start);
  EXPECT_GT(climb.accepted, 5U);
  EXPECT_EQ(climb.end, static_cast<double>(climb.text.size()));
  EXPECT_EQ(ClimbScore(ConstantScorer(), Texts()[0], pool, 60, Rng(2)).accepted, 0U);
  EXPECT_EQ(ClimbScore(LengthScorer(), "", pool, 60, Rng(2)).accepted, 0U);
}

}  // namespace
}  // namespace redraft::reward
