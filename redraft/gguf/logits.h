#pragma once

// Passes over the logits of one step: the part of sampling whose cost grows with the vocabulary.
// Compiled for the machine's vector units; everything else works on the few tokens that are kept.
//
// Cost  about 10 us per pass over 50,000 logits.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace redraft::gguf {

struct Candidate {
  std::int32_t token = 0;
  float logit = 0;
};

/// The largest logit; -infinity when there is none above it.
float MaxLogit(std::span<const float> logits);

/// The first token with the largest logit.
std::int32_t ArgMax(std::span<const float> logits);

/// Sum of exp((logit - max) * scale) over all tokens, relative error below 1e-6.
double SumExp(std::span<const float> logits, float max, float scale = 1.0F);

/// exp(x) as SumExp computes it, for x <= 0.
float ExpOf(float x);

/// The tokens with logit >= threshold, in token order.
void CollectAtLeast(std::span<const float> logits, float threshold, std::vector<Candidate>* out);

/// The `count` most likely tokens, unordered; of equal logits at the border those with the lower
/// token. One pass for the maxima of blocks, then only the blocks that can hold one of them.
void CollectTop(std::span<const float> logits, std::size_t count, std::vector<Candidate>* out);

/// The token at which the running sum of exp((logit - max) * scale) passes `target`; the last token
/// with a weight when rounding leaves none.
std::int32_t TokenAtMass(std::span<const float> logits, float max, float scale, double target);

}  // namespace redraft::gguf
