#include "redraft/audit/sampling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "redraft/base/random.h"

namespace redraft::audit {
namespace {

/// The end of the first `words` words, at or behind `from`; npos when there are fewer.
std::size_t EndOfWords(std::string_view text, std::size_t from, std::size_t words) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::size_t at = from;
  for (; words > 0; --words) {
    const std::size_t begin = text.find_first_not_of(kBlank, at);
    if (begin == std::string_view::npos) return begin;
    at = std::min(text.find_first_of(kBlank, begin), text.size());
  }
  return at;
}

}  // namespace

std::vector<std::uint32_t> DrawExcerpts(std::vector<std::uint32_t> candidates, std::size_t count,
                                        std::uint64_t seed) {
  Rng(seed).Fork("audit/excerpts").Shuffle(candidates);
  candidates.resize(std::min(count, candidates.size()));
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

std::vector<core::Request> SampleRequests(const Probe& probe, std::uint32_t generations,
                                          const SampleSettings& settings) {
  core::Request request;
  request.role = core::Role::kDraft;
  request.model = settings.model;
  request.messages = {{"user", probe.instruction}};
  request.sampling.temperature = settings.temperature;
  request.max_tokens = static_cast<int>(probe.words * 4 / 3 + 50);
  std::vector<core::Request> requests(generations, request);
  for (std::uint32_t i = 0; i < generations; ++i) {
    requests[i].seed = Rng(settings.seed).Fork(fmt::format("audit/{}/{}", probe.id, i)).seed();
    requests[i].replicate = static_cast<int>(i);
  }
  return requests;
}

std::vector<core::Request> AskJob::Step(std::span<const core::Reply> replies) {
  replies_.assign(replies.begin(), replies.end());
  return std::exchange(requests_, {});
}

CallEstimate EstimateCalls(std::span<const Probe> probes, std::uint32_t generations) {
  return EstimateCalls(probes, generations, probes.size());
}

CallEstimate EstimateCalls(std::span<const Probe> probes, std::uint32_t generations,
                           std::size_t excerpts) {
  if (probes.empty()) return {};
  double in = 0, out = 0;
  for (const Probe& probe : probes) {
    in += static_cast<double>(probe.instruction.size()) / 4 + 8;
    out += static_cast<double>(probe.words) * 4 / 3;
  }
  const double calls = static_cast<double>(excerpts) * generations;
  const double each = calls / static_cast<double>(probes.size());
  return {static_cast<std::int64_t>(calls), std::llround(in * each), std::llround(out * each)};
}

PrefixCut CutPrefix(std::string_view text, std::size_t prefix_words,
                    std::size_t continuation_words) {
  const std::size_t cut = EndOfWords(text, 0, prefix_words);
  if (cut == std::string_view::npos) return {text, {}};
  const std::size_t end = EndOfWords(text, cut, continuation_words);
  if (end == std::string_view::npos) return {text.substr(0, cut), {}};
  return {text.substr(0, cut), text.substr(cut, end - cut)};
}

std::vector<core::Request> LikelihoodRequests(const PrefixCut& cut, const std::string& model) {
  core::Request request;
  request.kind = core::RequestKind::kLogLikelihood;
  request.role = core::Role::kProbe;
  request.model = model;
  request.text = std::string(cut.prefix);
  core::Request whole = request;
  whole.text += cut.continuation;
  return {std::move(whole), std::move(request)};
}

Likelihood ContinuationLikelihood(std::span<const core::Reply> replies) {
  Likelihood likelihood;
  const std::vector<double>& whole = replies[0].logprobs;
  for (std::size_t i = replies[1].logprobs.size(); i < whole.size(); ++i) {
    likelihood.logprob += whole[i];
    ++likelihood.tokens;
  }
  return likelihood;
}

double DrawsForHalf(double logprob) {
  return std::max(1.0, -std::numbers::ln2 / std::log1p(-std::exp(logprob)));
}

}  // namespace redraft::audit
