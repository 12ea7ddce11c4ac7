#include "redraft/gguf/sampler.h"

#include <algorithm>
#include <cmath>

namespace redraft::gguf {
namespace {

constexpr double kDryBase = 1.75;
constexpr int kDryAllowedLength = 2;
constexpr int kDryMaxExponent = 40;
// Phrases and names of a remembered text may come back; half a sentence of it may not.
constexpr int kDryRememberedLength = 6;

bool MoreLikely(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

// The smallest set of most likely candidates whose exp(logit - max) sums to at least `mass`.
void KeepMass(std::vector<Candidate>* candidates, float max, double mass) {
  // A heap gives the candidates in order and sorts no more of them than are kept.
  const auto less_likely = [](const Candidate& a, const Candidate& b) { return MoreLikely(b, a); };
  auto rest = candidates->end();
  std::make_heap(candidates->begin(), rest, less_likely);
  double sum = 0;
  while (rest != candidates->begin() && sum < mass) {
    std::pop_heap(candidates->begin(), rest, less_likely);
    --rest;
    sum += ExpOf(rest->logit - max);
  }
  candidates->erase(candidates->begin(), rest);
  std::reverse(candidates->begin(), candidates->end());
}

float MaxOf(const std::vector<Candidate>& candidates) {
  return std::max_element(candidates.begin(), candidates.end(),
                          [](auto& a, auto& b) { return a.logit < b.logit; })
      ->logit;
}

}  // namespace

TokenSampler::TokenSampler(const core::Sampling& sampling, std::uint64_t seed, Spelling spelling)
    : sampling_(sampling), rng_(Rng(seed).Fork("sampling")), spelling_(std::move(spelling)) {}

void TokenSampler::Accept(std::int32_t token) {
  runs_.push_back(token);
  if (++counts_[token] == 1) distinct_.push_back(token);
}

void TokenSampler::Remember(std::span<const std::int32_t> tokens) {
  runs_.insert(runs_.end(), tokens.begin(), tokens.end());
  remembered_ = static_cast<int>(runs_.size());
}

void TokenSampler::Penalise(std::span<float> logits) {
  if (sampling_.repetition_penalty > 1.0) {
    const auto penalty = static_cast<float>(sampling_.repetition_penalty);
    for (const std::int32_t token : distinct_) {
      float& logit = logits[static_cast<std::size_t>(token)];
      logit = logit > 0 ? logit / penalty : logit * penalty;
    }
  }
  if (sampling_.dry_multiplier > 0.0) PenaliseRuns(logits);
}

void TokenSampler::PenaliseRuns(std::span<float> logits) {
  const int size = static_cast<int>(runs_.size());
  const auto from_end = [&](int i) { return runs_[static_cast<std::size_t>(size - 1 - i)]; };
  int limit = 0;  // the run that could be repeated: back to the last token that breaks runs
  while (limit < size && !spelling_.breaks_run(from_end(limit))) ++limit;
  if (limit < kDryAllowedLength) return;

  // Z-algorithm on the reversed text: repeated_[k] is the length of the run that ends both at the
  // end and k tokens before it.
  repeated_.assign(static_cast<std::size_t>(size), 0);
  std::unordered_map<std::int32_t, int>
      excess;  // token -> length of its run beyond what is allowed
  int left = 0, right = 0;
  for (int k = 1; k < size; ++k) {
    int length = 0;
    if (k < right) length = std::min(right - k, repeated_[static_cast<std::size_t>(k - left)]);
    while (k + length < size && from_end(length) == from_end(k + length)) ++length;
    repeated_[static_cast<std::size_t>(k)] = length;
    if (k + length > right) {
      left = k;
      right = k + length;
    }
    // Token k - 1 from the end followed the earlier run: written again, it would extend it.
    const bool remembered = size - k < remembered_;
    const int allowed = remembered ? kDryRememberedLength : kDryAllowedLength;
    const int over = std::min(length, limit) - allowed;
    if (over >= 0 && !spelling_.breaks_run(from_end(k - 1))) {
      const auto [known, first] = excess.emplace(from_end(k - 1), over);
      if (!first) known->second = std::max(known->second, over);
    }
  }
  for (const auto& [token, over] : excess) {
    const int exponent = std::min(over, kDryMaxExponent);
    const auto penalty =
        static_cast<float>(sampling_.dry_multiplier * std::pow(kDryBase, exponent));
    logits[static_cast<std::size_t>(token)] -= penalty;
    const std::int32_t glued = spelling_.unspaced(token);
    if (glued >= 0 && !excess.contains(glued)) logits[static_cast<std::size_t>(glued)] -= penalty;
  }
}

std::int32_t TokenSampler::Draw(std::span<float> logits) {
  Penalise(logits);
  if (greedy()) return ArgMax(logits);
  if (sampling_.top_k > 0) {
    CollectTop(logits, static_cast<std::size_t>(sampling_.top_k), &kept_);
    return DrawKept(/*total_mass=*/-1);
  }
  const float max = MaxLogit(logits);
  if (sampling_.top_p < 1.0) {
    const double total = SumExp(logits, max);
    // Tokens below this probability sum to less than 1 - top_p: the set lies above.
    const double least = (1.0 - sampling_.top_p) / static_cast<double>(logits.size());
    CollectAtLeast(logits, max + static_cast<float>(std::log(least * total)) - 1e-3F, &kept_);
    return DrawKept(total);
  }
  if (sampling_.min_p > 0.0) {
    CollectAtLeast(logits, max + static_cast<float>(std::log(sampling_.min_p)), &kept_);
    return DrawKept(/*total_mass=*/-1);
  }
  const auto scale = static_cast<float>(1.0 / sampling_.temperature);
  return TokenAtMass(logits, max, scale, rng_.Uniform() * SumExp(logits, max, scale));
}

std::int32_t TokenSampler::DrawFrom(std::vector<Candidate>* candidates) {
  kept_.swap(*candidates);
  candidates->clear();
  if (greedy()) return std::min_element(kept_.begin(), kept_.end(), MoreLikely)->token;
  if (sampling_.top_k > 0 && kept_.size() > static_cast<std::size_t>(sampling_.top_k)) {
    std::nth_element(kept_.begin(), kept_.begin() + sampling_.top_k, kept_.end(), MoreLikely);
    kept_.resize(static_cast<std::size_t>(sampling_.top_k));
  }
  return DrawKept(/*total_mass=*/-1);
}

// Applies top-p, min-p and temperature to kept_ and draws. `total_mass` is the sum of
// exp(logit - max) that top-p refers to; below 0: that of kept_.
std::int32_t TokenSampler::DrawKept(double total_mass) {
  const float max = MaxOf(kept_);
  if (sampling_.top_p < 1.0) {
    if (total_mass < 0) {
      total_mass = 0;
      for (const Candidate& c : kept_) total_mass += ExpOf(c.logit - max);
    }
    KeepMass(&kept_, max, sampling_.top_p * total_mass);
  }
  if (sampling_.min_p > 0.0) {
    const float least = max + static_cast<float>(std::log(sampling_.min_p));
    std::erase_if(kept_, [&](const Candidate& c) { return c.logit < least; });
  }
  // In token order, so that the draw does not depend on how the candidates were found.
  std::sort(kept_.begin(), kept_.end(), [](auto& a, auto& b) { return a.token < b.token; });
  const auto scale = static_cast<float>(1.0 / sampling_.temperature);
  double sum = 0;
  for (const Candidate& c : kept_) sum += ExpOf((c.logit - max) * scale);
  double target = rng_.Uniform() * sum;
  for (const Candidate& c : kept_) {
    target -= ExpOf((c.logit - max) * scale);
    if (target < 0) return c.token;
  }
  return std::min_element(kept_.begin(), kept_.end(), MoreLikely)->token;
}

}  // namespace redraft::gguf
