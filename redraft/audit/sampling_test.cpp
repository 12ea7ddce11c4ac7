#include "redraft/audit/sampling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace redraft::audit {
namespace {

std::vector<std::uint32_t> Numbers(std::uint32_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

TEST(Sampling, ALargerDrawHoldsTheSmallerOne) {
  const auto small = DrawExcerpts(Numbers(50), 8, 3), large = DrawExcerpts(Numbers(50), 20, 3);
  EXPECT_EQ(small.size(), 8U);
  EXPECT_TRUE(std::ranges::is_sorted(large));
  EXPECT_TRUE(std::ranges::includes(large, small));
  EXPECT_NE(DrawExcerpts(Numbers(50), 8, 4), small);
  EXPECT_EQ(DrawExcerpts(Numbers(3), 8, 3), Numbers(3));
}

TEST(Sampling, EveryExcerptIsDrawnEquallyOften) {
  std::vector<int> drawn(10);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    for (const std::uint32_t e : DrawExcerpts(Numbers(10), 3, seed)) ++drawn[e];
  }
  // 1200 each; the standard deviation of one count is about 29.
  for (const int count : drawn) EXPECT_NEAR(count, 1200, 150);
}

TEST(Sampling, RequestsAreThePapersAndApart) {
  const Probe probe{2, "p_id3", "Write.", 400};
  const auto requests = SampleRequests(probe, 100, {"m", 1.0, 7});
  ASSERT_EQ(requests.size(), 100U);
  std::set<std::string> keys;
  std::set<std::uint64_t> seeds;
  for (const core::Request& request : requests) {
    EXPECT_EQ(request.max_tokens, 583);  // ⌊4/3·400⌋ + 50
    EXPECT_EQ(request.sampling.temperature, 1.0);
    keys.insert(core::RequestKey(request));
    seeds.insert(request.seed);
  }
  EXPECT_EQ(keys.size(), 100U);
  EXPECT_EQ(seeds.size(), 100U);
  EXPECT_EQ(core::RequestKey(SampleRequests(probe, 5, {"m", 1.0, 7})[4]),
            core::RequestKey(requests[4]))
      << "a smaller sample asks the same";
}

TEST(Sampling, AskJobKeepsItsRepliesAndEnds) {
  AskJob job(SampleRequests({0, "p_id1", "Write.", 10}, 2, {"m", 1.0, 7}));
  EXPECT_EQ(job.Step({}).size(), 2U);
  const std::vector<core::Reply> replies = {{.text = "a"}, {.text = "b"}};
  EXPECT_TRUE(job.Step(replies).empty());
  ASSERT_EQ(job.replies().size(), 2U);
  EXPECT_EQ(job.replies()[1].text, "b");
}

TEST(Sampling, EstimatesAFullRunFromTheProbesAtHand) {
  const std::vector<Probe> probes = {{0, "a", std::string(400, 'x'), 300},
                                     {1, "b", std::string(800, 'x'), 450}};
  const CallEstimate two = EstimateCalls(probes, 10);
  EXPECT_EQ(two.calls, 20);
  EXPECT_EQ(two.tokens_in, 10 * (108 + 208));
  EXPECT_EQ(two.tokens_out, 10 * (400 + 600));
  const CallEstimate full = EstimateCalls(probes, 100, 20);
  EXPECT_EQ(full.calls, 2000);
  EXPECT_EQ(full.tokens_out, 2000 * 500);
  EXPECT_EQ(EstimateCalls({}, 10).calls, 0);
}

TEST(Sampling, CutsAPrefixAtWords) {
  const PrefixCut cut = CutPrefix("  one two\nthree  four five", 2, 2);
  EXPECT_EQ(cut.prefix, "  one two");
  EXPECT_EQ(cut.continuation, "\nthree  four");
  EXPECT_EQ(CutPrefix("one two three", 1, 2).continuation, " two three");
  EXPECT_EQ(CutPrefix("one two three", 2, 2).continuation, "") << "too short";
  EXPECT_EQ(CutPrefix("one", 2, 2).continuation, "");
}

TEST(Sampling, TheContinuationIsWhatStandsBehindThePrefix) {
  const auto requests = LikelihoodRequests(CutPrefix("a b c d", 2, 2), "m");
  EXPECT_EQ(requests[0].text, "a b c d");
  EXPECT_EQ(requests[1].text, "a b");
  EXPECT_EQ(requests[0].kind, core::RequestKind::kLogLikelihood);
  const std::vector<core::Reply> replies = {{.logprobs = {0, -1, -2, -3.5}}, {.logprobs = {0, -1}}};
  const Likelihood likelihood = ContinuationLikelihood(replies);
  EXPECT_EQ(likelihood.tokens, 2U);
  EXPECT_DOUBLE_EQ(likelihood.logprob, -5.5);
}

TEST(Sampling, DrawsForHalfAreThePapersAndSafeAtTheEnds) {
  EXPECT_NEAR(DrawsForHalf(std::log(0.01)), 68.97, 0.005);
  EXPECT_EQ(DrawsForHalf(0.0), 1.0);
  EXPECT_EQ(DrawsForHalf(std::log(0.9)), 1.0);
  EXPECT_NEAR(DrawsForHalf(-40) / (std::log(2.0) * std::exp(40.0)), 1, 1e-9);
  EXPECT_TRUE(std::isinf(DrawsForHalf(-30000)));
}

}  // namespace
}  // namespace redraft::audit
