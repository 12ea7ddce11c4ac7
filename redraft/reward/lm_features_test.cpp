#include "redraft/reward/lm_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace redraft::reward {
namespace {

using ::testing::HasSubstr;

double Of(const LmFeatures& features, LmFeature feature) {
  return features[static_cast<std::size_t>(feature)];
}

TEST(LmFeatures, AreThoseOfAnExampleWorkedOutByHand) {
  const std::vector<double> logprobs = {0, -1, -2, -3, -4, -10};
  const LmFeatures features = FeaturesOf(logprobs);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kMean), -4);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kDeviation), std::sqrt(10));  // 9, 4, 1, 0, 36
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kMedian), -3);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kQuantile25), -4);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kQuantile75), -2);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kQuantile05), -8.8);  // a fifth of the way to -4
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kObvious), 0);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kSurprising), 0.2);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kOpening), -1);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kEnding), -10);
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kUnevenness), 0);          // one run
  EXPECT_DOUBLE_EQ(Of(features, LmFeature::kPersistence), 8.0 / 50);  // 6 + 2 + 0 + 0
  EXPECT_DOUBLE_EQ(TotalOf(logprobs), -20);
}

TEST(LmFeatures, OfHardlyAnyTokensAreZero) {
  EXPECT_EQ(FeaturesOf({}), LmFeatures{});
  EXPECT_EQ(FeaturesOf(std::vector<double>{0}), LmFeatures{});
  for (const double value : FeaturesOf(std::vector<double>{0, -2})) {
    EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(LmFeatures, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kLmFeatures; ++i) names.insert(NameOf(static_cast<LmFeature>(i)));
  EXPECT_EQ(names.size(), kLmFeatures);
}

TEST(LmReading, RequestsAreTheSameForTheSameTextSoThatTheLedgerKnowsThem) {
  EXPECT_EQ(core::RequestKey(LikelihoodRequest("m", "A text.")),
            core::RequestKey(LikelihoodRequest("m", "A text.")));
  EXPECT_NE(core::RequestKey(LikelihoodRequest("m", "A text.")),
            core::RequestKey(LikelihoodRequest("other", "A text.")));
  EXPECT_NE(core::RequestKey(LikelihoodRequest("m", "A text.")),
            core::RequestKey(StateRequest("m", "A text.")));
}

TEST(LmReading, EmptyRepliesAndNumbersThatAreNoneAreRefused) {
  core::Reply likelihood, state;
  EXPECT_FALSE(ReadingFrom(likelihood, state));
  likelihood.logprobs = {0, -1};
  state.embedding = {1, 2};
  EXPECT_TRUE(ReadingFrom(likelihood, state));
  state.embedding[1] = std::numeric_limits<float>::quiet_NaN();
  const auto reading = ReadingFrom(likelihood, state);
  ASSERT_FALSE(reading);
  EXPECT_THAT(reading.error().message, HasSubstr("not finite"));
}

}  // namespace
}  // namespace redraft::reward
