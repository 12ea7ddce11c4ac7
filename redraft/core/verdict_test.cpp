#include "redraft/core/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

namespace redraft::core {
namespace {

TEST(Probability, IsTheLogisticFunction) {
  for (const double logit : {-30.0, -2.5, -0.1, 0.0, 0.1, 2.5, 30.0}) {
    EXPECT_DOUBLE_EQ(Probability(logit), 1 / (1 + std::exp(-logit))) << logit;
  }
  EXPECT_EQ(Probability(0), 0.5);
  EXPECT_EQ(Probability(800), 1);
  EXPECT_EQ(Probability(-800), 0);
}

TEST(Probability, OfOppositeLogOddsIsExactlyTheComplement) {
  double logit = 1e-17;
  for (int i = 0; i < 200'000; ++i, logit *= 1.00023) {
    ASSERT_EQ(Probability(logit) + Probability(-logit), 1.0) << logit;
  }
  EXPECT_GT(logit, 700);
}

}  // namespace
}  // namespace redraft::core
