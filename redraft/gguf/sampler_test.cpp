#include "redraft/gguf/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include <rapidcheck/gtest.h>

namespace redraft::gguf {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

std::vector<float> RandomLogits(std::size_t size, std::uint64_t seed, double spread = 3.0) {
  Rng rng(seed);
  std::vector<float> logits(size);
  for (float& logit : logits) logit = static_cast<float>(spread * rng.Normal());
  return logits;
}

TokenSampler Sampler(const core::Sampling& sampling, std::uint64_t seed = 1) {
  // Token 0 breaks runs; token 11 is token 10 without its space.
  return TokenSampler(sampling, seed,
                      {.breaks_run = [](std::int32_t token) { return token == 0; },
                       .unspaced = [](std::int32_t token) { return token == 10 ? 11 : -1; }});
}

// The probabilities that a sampler should draw with, by the slow and obvious way.
std::vector<double> ExpectedProbabilities(const std::vector<float>& logits,
                                          const core::Sampling& sampling) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  if (sampling.top_k > 0)
    order.resize(std::min(order.size(), static_cast<std::size_t>(sampling.top_k)));
  const double max = static_cast<double>(logits[order[0]]);
  const auto weight = [&](std::size_t i, double temperature) {
    return std::exp((static_cast<double>(logits[i]) - max) / temperature);
  };
  double total = 0;
  for (const std::size_t i : order) total += weight(i, 1);
  double sum = 0;
  std::vector<std::size_t> kept;
  for (const std::size_t i : order) {
    if (sum >= sampling.top_p * total) break;
    sum += weight(i, 1);
    if (weight(i, 1) >= sampling.min_p) kept.push_back(i);
  }
  std::vector<double> p(logits.size(), 0.0);
  double mass = 0;
  for (const std::size_t i : kept) mass += weight(i, sampling.temperature);
  for (const std::size_t i : kept) p[i] = weight(i, sampling.temperature) / mass;
  return p;
}

// Draws often and compares frequencies with the expectation: total variation below the noise.
void ExpectDrawsLikeExpectation(const core::Sampling& sampling) {
  constexpr int kDraws = 20000;
  const std::vector<float> logits = RandomLogits(700, 5);
  const std::vector<double> expected = ExpectedProbabilities(logits, sampling);
  TokenSampler sampler = Sampler(sampling);
  std::vector<double> seen(logits.size(), 0.0);
  for (int i = 0; i < kDraws; ++i) {
    std::vector<float> copy = logits;
    seen[static_cast<std::size_t>(sampler.Draw(copy))] += 1.0 / kDraws;
  }
  double distance = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (expected[i] == 0.0) {
      EXPECT_EQ(seen[i], 0.0) << "token " << i << " should have been cut";
    }
    distance += std::abs(seen[i] - expected[i]) / 2;
  }
  EXPECT_LT(distance, 0.04);
}

TEST(TokenSampler, DrawsFromTheWholeVocabularyWithoutTruncation) {
  ExpectDrawsLikeExpectation({.temperature = 0.8});
}
TEST(TokenSampler, TopKKeepsTheMostLikelyTokens) {
  ExpectDrawsLikeExpectation({.temperature = 1.3, .top_k = 40});
}
TEST(TokenSampler, TopPKeepsTheSmallestSetWithThatMass) {
  ExpectDrawsLikeExpectation({.temperature = 1.0, .top_p = 0.8});
}
TEST(TokenSampler, MinPKeepsTokensNearTheBest) {
  ExpectDrawsLikeExpectation({.temperature = 1.0, .min_p = 0.05});
}
TEST(TokenSampler, TruncationsCombine) {
  ExpectDrawsLikeExpectation({.temperature = 0.9, .top_p = 0.9, .min_p = 0.02, .top_k = 50});
}

TEST(TokenSampler, GreedyTakesTheFirstOfTheBest) {
  std::vector<float> logits = RandomLogits(1000, 3);
  logits[400] = logits[700] = 50;
  EXPECT_EQ(Sampler({.temperature = 0}).Draw(logits), 400);
}

TEST(TokenSampler, NeverDrawsAForbiddenToken) {
  for (const core::Sampling& sampling :
       {core::Sampling{}, core::Sampling{.top_p = 0.9}, core::Sampling{.top_k = 5},
        core::Sampling{.min_p = 0.1}, core::Sampling{.temperature = 0}}) {
    TokenSampler sampler = Sampler(sampling);
    for (int i = 0; i < 50; ++i) {
      std::vector<float> logits(300, kNever);
      logits[17] = -5;
      logits[250] = -6;
      const std::int32_t token = sampler.Draw(logits);
      EXPECT_TRUE(token == 17 || token == 250) << token;
    }
  }
}

TEST(TokenSampler, TheSameSeedDrawsTheSameTokens) {
  const std::vector<float> logits = RandomLogits(5000, 9);
  const auto draws = [&](std::uint64_t seed) {
    TokenSampler sampler = Sampler({.top_p = 0.95}, seed);
    std::vector<std::int32_t> tokens;
    for (int i = 0; i < 20; ++i) {
      std::vector<float> copy = logits;
      tokens.push_back(sampler.Draw(copy));
    }
    return tokens;
  };
  EXPECT_EQ(draws(4), draws(4));
  EXPECT_NE(draws(4), draws(5));
}

TEST(TokenSampler, RepetitionPenaltyDividesPositiveAndMultipliesNegativeLogitsOncePerToken) {
  TokenSampler sampler = Sampler({.repetition_penalty = 2.0});
  for (const std::int32_t token : {1, 2, 1, 1}) sampler.Accept(token);
  std::vector<float> logits = {3, 3, -3, 3};
  sampler.Penalise(logits);
  EXPECT_THAT(logits, ::testing::ElementsAre(3, 1.5F, -6, 3));
}

TEST(TokenSampler, DryPenalisesTheTokenThatWouldExtendARun) {
  // a b c b c y a b c (token 0 breaks runs): writing b after "b c" repeats 2 tokens; writing b
  // after "a b c" repeats all 3; y after "b c" repeats 2.
  TokenSampler sampler = Sampler({.dry_multiplier = 0.8});
  for (const std::int32_t token : {1, 2, 3, 2, 3, 9, 1, 2, 3}) sampler.Accept(token);
  std::vector<float> logits(12, 1.0F);
  sampler.Penalise(logits);
  EXPECT_FLOAT_EQ(logits[2], 1 - 0.8F * 1.75F);
  EXPECT_FLOAT_EQ(logits[9], 1 - 0.8F);
  for (const std::size_t other : {0U, 1U, 3U, 4U}) EXPECT_EQ(logits[other], 1.0F) << other;
}

TEST(TokenSampler, DryIsNotEscapedByLeavingOutASpace) {
  TokenSampler sampler = Sampler({.dry_multiplier = 0.8});
  for (const std::int32_t token : {1, 2, 10, 9, 1, 2}) sampler.Accept(token);
  std::vector<float> logits(12, 1.0F);
  sampler.Penalise(logits);
  EXPECT_FLOAT_EQ(logits[10], 1 - 0.8F);
  EXPECT_FLOAT_EQ(logits[11], 1 - 0.8F);
}

TEST(TokenSampler, DryDoesNotLookAcrossBreaks) {
  TokenSampler sampler = Sampler({.dry_multiplier = 0.8});
  for (const std::int32_t token : {1, 2, 3, 9, 1, 2, 0, 3}) sampler.Accept(token);
  std::vector<float> logits(12, 1.0F);
  sampler.Penalise(logits);
  EXPECT_THAT(logits, ::testing::Each(1.0F));
}

RC_GTEST_PROP(CollectTop, FindsWhatSortingFinds, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 2000);
  const auto count = *rc::gen::inRange<std::size_t>(1, 100);
  // Few distinct values, so that ties at the border are common.
  std::vector<float> logits = RandomLogits(size, *rc::gen::arbitrary<std::uint64_t>());
  for (float& logit : logits) logit = std::round(logit);
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  order.resize(std::min(count, size));
  std::vector<Candidate> top;
  CollectTop(logits, count, &top);
  std::vector<std::size_t> found;
  for (const Candidate& candidate : top) found.push_back(static_cast<std::size_t>(candidate.token));
  std::sort(found.begin(), found.end());
  std::sort(order.begin(), order.end());
  RC_ASSERT(found == order);
}

RC_GTEST_PROP(SumExp, AgreesWithTheStandardLibrary, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 3000);
  const std::vector<float> logits = RandomLogits(size, *rc::gen::arbitrary<std::uint64_t>(), 8.0);
  const float max = *std::max_element(logits.begin(), logits.end());
  RC_ASSERT(MaxLogit(logits) == max);
  RC_ASSERT(logits[static_cast<std::size_t>(ArgMax(logits))] == max);
  double expected = 0;
  for (const float logit : logits) expected += std::exp(static_cast<double>(logit - max));
  RC_ASSERT(std::abs(SumExp(logits, max) / expected - 1) < 1e-6);
}

TEST(ExpOf, IsExactToFloatPrecisionAndZeroFarBelow) {
  for (float x = 0; x > -80; x -= 0.37F) {
    const double expected = std::exp(static_cast<double>(x));
    EXPECT_NEAR(static_cast<double>(ExpOf(x)) / expected, 1, 3e-7) << x;
  }
  EXPECT_EQ(ExpOf(0), 1.0F);
  EXPECT_EQ(ExpOf(-100), 0.0F);
  EXPECT_EQ(ExpOf(kNever), 0.0F);
}

TEST(TokenSampler, KeepsLongRunsOfRememberedTextFromBeingRepeated) {
  const std::vector<std::int32_t> text = {1, 2, 3, 4, 5, 6, 7, 1, 9, 0};
  const auto penalty = [&](int copied) {
    TokenSampler sampler = Sampler({.temperature = 0.0, .dry_multiplier = 0.8});
    sampler.Remember(text);
    for (int i = 0; i < copied; ++i) sampler.Accept(text[static_cast<std::size_t>(i)]);
    std::vector<float> logits(16, 0.0F);
    sampler.Penalise(logits);
    return -logits[static_cast<std::size_t>(text[static_cast<std::size_t>(copied)])];
  };
  EXPECT_EQ(penalty(5), 0.0F) << "a phrase may come back";
  EXPECT_NEAR(penalty(6), 0.8, 1e-4);
  EXPECT_NEAR(penalty(7), 0.8 * 1.75, 1e-4);
}

}  // namespace
}  // namespace redraft::gguf
