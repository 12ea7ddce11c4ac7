#include "redraft/edit/arms_trial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "redraft/base/hash.h"

namespace redraft::edit {
namespace {

class Ruled final : public core::Scorer {
 public:
  explicit Ruled(std::function<double(std::string_view)> rule) : rule_(std::move(rule)) {}
  std::string id() const override { return "ruled"; }
  double Score(std::string_view text) const override { return rule_(text); }

 private:
  std::function<double(std::string_view)> rule_;
};

double Quality(std::string_view text) { return static_cast<double>(std::ranges::count(text, '*')); }

/// Drafts of four words; the k-th revision has k stars, and so many words more or fewer.
std::vector<Trial> Trials(std::size_t count, std::size_t revisions) {
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < count; ++i) {
    Trial trial{"One two three draft" + std::to_string(i), {}};
    for (std::size_t k = 1; k <= revisions; ++k) {
      trial.revisions.push_back("One two draft" + std::to_string(i) + std::string(k, '*'));
    }
    trials.push_back(std::move(trial));
  }
  return trials;
}

constexpr Prices kFree{.distance = 0, .length = 0, .max_growth = 1};

TEST(MeasureArms, AnHonestChoiceWinsAndARandomOneDoesNot) {
  const Ruled quality(Quality);
  const ArmsReport report = MeasureArms(Trials(60, 4), quality, quality, kFree, Rng(1));
  EXPECT_EQ(report.drafts, 60U);
  EXPECT_EQ(report.stayed, 0U);
  EXPECT_EQ(report.best_over_draft.share, 1);
  EXPECT_EQ(report.random_over_draft.share, 1);
  // The best one itself is drawn in a quarter of the draws: half a preference.
  EXPECT_NEAR(report.best_over_random.share, 0.875, 0.08);
  EXPECT_LT(report.best_over_random.interval.lo, report.best_over_random.share);
  EXPECT_GT(report.best_over_random.interval.hi, report.best_over_random.share);
  EXPECT_NEAR(report.best_length, 0.75, 1e-9);
  EXPECT_GT(report.best_distance, 0);
}

TEST(MeasureArms, AChoiceTheRefereeKnowsNothingOfIsAToss) {
  const Ruled quality(Quality);
  const Ruled other(
      [](std::string_view text) { return static_cast<double>(StableHash(text, 7) % 1000); });
  const ArmsReport report = MeasureArms(Trials(400, 8), quality, other, kFree, Rng(1));
  EXPECT_NEAR(report.best_over_draft.share, 0.5, 0.08);
  EXPECT_LT(report.best_over_draft.interval.lo, 0.5);
}

TEST(MeasureArms, ADraftWithoutABetterRevisionStaysAndIsATie) {
  const Ruled worse([](std::string_view text) { return -Quality(text); });
  const ArmsReport report = MeasureArms(Trials(10, 3), worse, worse, kFree, Rng(1));
  EXPECT_EQ(report.stayed, 10U);
  EXPECT_EQ(report.best_over_draft.share, 0.5);
  EXPECT_EQ(report.best_over_random.share, 1);
  EXPECT_EQ(report.best_length, 1);
  const ArmsReport none = MeasureArms(Trials(3, 0), worse, worse, kFree, Rng(1));
  EXPECT_EQ(none.best_over_random.share, 0.5);
  EXPECT_EQ(MeasureArms({}, worse, worse, kFree, Rng(1)).drafts, 0U);
}

TEST(MeasureArms, PricesHoldTheChoice) {
  const Ruled quality(Quality);
  const ArmsReport report =
      MeasureArms(Trials(5, 2), quality, quality, {.distance = 0, .length = 50}, Rng(1));
  EXPECT_EQ(report.stayed, 5U);
}

}  // namespace
}  // namespace redraft::edit
