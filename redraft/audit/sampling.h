#pragma once

// Sampling what a model recites: which excerpts, which requests, and what that would cost for the
// whole book. No I/O: the requests are jobs for llm::Client.
//
// Paper  arXiv 2603.20957: 100 generations for each excerpt at temperature 1.0, with at most
//        ⌊4/3·words⌋ + 50 tokens each.
// Reuse  a request depends on the instruction, the excerpt's id, its number and the seed alone: a
//        larger sample contains a smaller one and asks only for the rest.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/core/job.h"
#include "redraft/core/request.h"

namespace redraft::audit {

inline constexpr std::uint32_t kFullGenerations = 100;  ///< the paper's, for each excerpt

/// `count` of the candidates (all, when there are fewer) drawn without repetition, ascending. A
/// larger count of the same seed holds the smaller one's.
std::vector<std::uint32_t> DrawExcerpts(std::vector<std::uint32_t> candidates, std::size_t count,
                                        std::uint64_t seed);

/// What a model is asked about one excerpt.
struct Probe {
  std::uint32_t excerpt = 0;  ///< its index in the book
  std::string id;             ///< of the excerpt
  std::string instruction;
  std::size_t words = 0;  ///< that the answer should have
};

struct SampleSettings {
  std::string model;
  double temperature = 1.0;
  std::uint64_t seed = 1;
};

/// The requests for `generations` answers.
std::vector<core::Request> SampleRequests(const Probe& probe, std::uint32_t generations,
                                          const SampleSettings& settings);

/// Asks its requests at once and keeps the replies.
class AskJob final : public core::Job {
 public:
  explicit AskJob(std::vector<core::Request> requests) : requests_(std::move(requests)) {}
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override;
  /// In the order of the requests, once the job is done.
  const std::vector<core::Reply>& replies() const { return replies_; }

 private:
  std::vector<core::Request> requests_;
  std::vector<core::Reply> replies_;
};

/// What requests would consume, guessed from lengths: four bytes a token in, 4/3 tokens a word out.
struct CallEstimate {
  std::int64_t calls = 0, tokens_in = 0, tokens_out = 0;
};
CallEstimate EstimateCalls(std::span<const Probe> probes, std::uint32_t generations);
/// The same for `excerpts` excerpts that are like these.
CallEstimate EstimateCalls(std::span<const Probe> probes, std::uint32_t generations,
                           std::size_t excerpts);

/// A book's own words to be continued, and how they go on.
struct PrefixCut {
  std::string_view prefix, continuation;  ///< adjoining; the continuation begins with its blank
};
/// The first `prefix_words` words of a text and the `continuation_words` behind them, parted by
/// blanks. An empty continuation: the text is too short.
PrefixCut CutPrefix(std::string_view text, std::size_t prefix_words,
                    std::size_t continuation_words);

/// The log-probabilities of the words of a cut: one request for both parts, one for the prefix.
std::vector<core::Request> LikelihoodRequests(const PrefixCut& cut, const std::string& model);

/// The natural logarithm of the probability that a model goes on as the book does.
struct Likelihood {
  std::size_t tokens = 0;  ///< of the continuation
  double logprob = 0;
};
/// From the replies to LikelihoodRequests: the tokens behind as many as the prefix has alone.
Likelihood ContinuationLikelihood(std::span<const core::Reply> replies);

/// How many draws give the continuation at least once with probability one half: ln ½ / ln(1 − p)
/// (Hayes et al. 2024, arXiv 2410.19482). Infinite when p underflows.
double DrawsForHalf(double logprob);

}  // namespace redraft::audit
