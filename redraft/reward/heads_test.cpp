#include "redraft/reward/heads.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "redraft/base/random.h"

namespace redraft::reward {
namespace {

std::vector<Lesson> Draw(const Head& truth, std::size_t count, Rng rng) {
  std::vector<Lesson> lessons(count);
  for (Lesson& lesson : lessons) {
    for (double& x : lesson.difference) x = rng.Normal();
    const double p = 1 / (1 + std::exp(-Weigh(truth, lesson.difference)));
    if (rng.Uniform() >= p) {
      for (double& x : lesson.difference) x = -x;
    }
  }
  return lessons;
}

double Loss(const std::vector<Lesson>& lessons, const Head& head, const Head& prior,
            double strength) {
  double loss = 0;
  for (std::size_t k = 0; k < kSignals; ++k) {
    loss += strength / 2 * (head[k] - prior[k]) * (head[k] - prior[k]);
  }
  for (const Lesson& lesson : lessons) {
    loss += lesson.weight * std::log1p(std::exp(-Weigh(head, lesson.difference)));
  }
  return loss;
}

TEST(Heads, FindTheWeightsThatDrewTheLessons) {
  Head truth{};
  truth[0] = 2;
  truth[3] = 0.5;
  const Head head = FitHead(Draw(truth, 20000, Rng(3)), Head{}, 1);
  for (std::size_t k = 0; k < kSignals; ++k) EXPECT_NEAR(head[k], truth[k], 0.08) << k;
}

TEST(Heads, NoStepFromTheFitLowersTheLoss) {
  Head truth{};
  truth[1] = 1;
  truth[5] = -1;  // cannot be learnt: no weight is negative
  Head prior{};
  prior.fill(0.3);
  const auto lessons = Draw(truth, 300, Rng(7));
  const Head head = FitHead(lessons, prior, 2);
  const double least = Loss(lessons, head, prior, 2);
  for (std::size_t k = 0; k < kSignals; ++k) {
    EXPECT_GE(head[k], 0);
    for (const double step : {-1e-3, 1e-3}) {
      Head other = head;
      other[k] = std::max(0.0, other[k] + step);
      EXPECT_GE(Loss(lessons, other, prior, 2), least - 1e-9) << k;
    }
  }
  EXPECT_EQ(head[5], 0);
}

TEST(Heads, ThePriorSpeaksWhereTheDataIsSilent) {
  Head prior{};
  prior[4] = 0.7;
  EXPECT_EQ(FitHead({}, prior, 1), prior);
}

}  // namespace
}  // namespace redraft::reward
