#include "redraft/reward/lm_mixture.h"

#include <gtest/gtest.h>

#include <cmath>

namespace redraft::reward {
namespace {

TEST(FitDense, FindsTheNumberThatDecidesWhateverItsUnit) {
  Rng rng(2);
  std::vector<std::vector<double>> texts;
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < 200; ++i) {
    // The first number is noise in thousands, the second decides in thousandths, the third is
    // constant.
    for (const double good : {1.0, -1.0}) {
      texts.push_back({1000 * rng.Normal(), 0.001 * (rng.Normal() + good), 7});
    }
    comparisons.push_back({2 * i, 2 * i + 1});
  }
  texts.emplace_back();  // one that was not read
  const auto weights = FitDense(texts, comparisons, 0.1, Rng(1));
  EXPECT_GT(weights[1] * 0.001, 5 * std::abs(weights[0] * 1000));
  EXPECT_EQ(weights[2], 0);
  int right = 0;
  for (const Comparison& pair : comparisons) {
    right += Across(weights, texts[pair.better], texts[pair.worse]) > 0;
  }
  EXPECT_GT(right, 170);
}

std::vector<Opinions> Margins(std::size_t count) {
  Rng rng(4);
  std::vector<Opinions> margins;
  for (std::size_t i = 0; i < count; ++i) {
    margins.push_back({rng.Normal() + 1, rng.Normal(), rng.Normal() - 1});
  }
  return margins;
}

TEST(FitMixture, BelievesOpinionsThatAreRightAndNeverTheOpposite) {
  const Opinions weights = FitMixture(Margins(400), {true, true, true});
  EXPECT_GT(weights[0], 1);
  EXPECT_LT(weights[1], 0.5);
  EXPECT_EQ(weights[2], 0);
}

TEST(FitMixture, LeavesOutWhatIsNotUsed) {
  const Opinions weights = FitMixture(Margins(400), {false, true, true});
  EXPECT_EQ(weights[0], 0);
}

TEST(CrossFitted, NoRowHasASayInItsOwnWeights) {
  std::vector<Opinions> margins = Margins(90);
  std::vector<std::size_t> folds;
  for (std::size_t i = 0; i < margins.size(); ++i) folds.push_back(i % 3);
  const Used all = {true, true, true};
  const auto mixed = CrossFitted(margins, folds, all);
  std::vector<Opinions> others;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    if (folds[i] != 0) others.push_back(margins[i]);
  }
  const Opinions weights = FitMixture(others, all);
  for (std::size_t i = 0; i < margins.size(); i += 3) {
    EXPECT_EQ(mixed[i], Mixed(weights, margins[i]));
  }
}

}  // namespace
}  // namespace redraft::reward
