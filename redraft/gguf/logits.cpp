#include "redraft/gguf/logits.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace redraft::gguf {
namespace {

constexpr std::size_t kLanes = 16;   // independent sums and maxima, so that loops vectorise
constexpr std::size_t kBlock = 256;  // logits per block of CollectTop and TokenAtMass
constexpr float kNothing = -std::numeric_limits<float>::infinity();

float BlockMax(const float* logits, std::size_t size) {
  std::array<float, kLanes> lanes;
  lanes.fill(kNothing);
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) {
      lanes[j] = lanes[j] < logits[i + j] ? logits[i + j] : lanes[j];
    }
  }
  float max = *std::max_element(lanes.begin(), lanes.end());
  for (; i < size; ++i) max = std::max(max, logits[i]);
  return max;
}

// 2^n * 2^f with a polynomial for 2^f on [-1/2, 1/2]; without branches, so that loops vectorise.
inline float FastExp(float x) {
  constexpr float kMinimum = -87.0F;  // below, the result is 0
  constexpr float kLog2E = 1.44269504F;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number
  const float clamped = x < kMinimum ? kMinimum : x;
  const float shifted = clamped * kLog2E + kRound;
  const float whole = shifted - kRound;
  // ln 2 in two parts keeps the remainder exact.
  const float rest = (clamped - whole * 0.693359375F) + whole * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * rest + 1.3981999507e-3F;
  p = p * rest + 8.3334519073e-3F;
  p = p * rest + 4.1665795894e-2F;
  p = p * rest + 1.6666665459e-1F;
  p = p * rest + 5.0000001201e-1F;
  p = p * rest * rest + rest + 1.0F;
  const auto exponent = static_cast<std::int32_t>(whole) + 127;
  const float scale = std::bit_cast<float>(exponent << 23);
  return x < kMinimum ? 0.0F : p * scale;
}

float BlockSum(const float* logits, std::size_t size, float max, float scale) {
  std::array<float, kLanes> lanes{};
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) lanes[j] += FastExp((logits[i + j] - max) * scale);
  }
  float sum = 0;
  for (; i < size; ++i) sum += FastExp((logits[i] - max) * scale);
  for (const float lane : lanes) sum += lane;
  return sum;
}

}  // namespace

float ExpOf(float x) { return FastExp(x); }

float MaxLogit(std::span<const float> logits) { return BlockMax(logits.data(), logits.size()); }

std::int32_t ArgMax(std::span<const float> logits) {
  std::size_t best = 0;
  float max = kNothing;
  for (std::size_t at = 0; at < logits.size(); at += kBlock) {
    const float here = BlockMax(logits.data() + at, std::min(kBlock, logits.size() - at));
    if (here > max) {
      max = here;
      best = at;
    }
  }
  while (best + 1 < logits.size() && logits[best] != max) ++best;
  return static_cast<std::int32_t>(best);
}

double SumExp(std::span<const float> logits, float max, float scale) {
  double sum = 0;
  for (std::size_t at = 0; at < logits.size(); at += kBlock) {
    sum += BlockSum(logits.data() + at, std::min(kBlock, logits.size() - at), max, scale);
  }
  return sum;
}

void CollectAtLeast(std::span<const float> logits, float threshold, std::vector<Candidate>* out) {
  out->clear();
  for (std::size_t at = 0; at < logits.size(); at += kBlock) {
    const std::size_t size = std::min(kBlock, logits.size() - at);
    if (BlockMax(logits.data() + at, size) < threshold) continue;
    for (std::size_t i = at; i < at + size; ++i) {
      if (logits[i] >= threshold) out->push_back({static_cast<std::int32_t>(i), logits[i]});
    }
  }
}

void CollectTop(std::span<const float> logits, std::size_t count, std::vector<Candidate>* out) {
  count = std::min(count, logits.size());
  out->clear();
  if (count == 0) return;
  // Small blocks, so that there are many more of them than tokens to keep: the count-th largest of
  // their maxima is at most the count-th largest logit, and not far below it.
  constexpr std::size_t kSmallBlock = 64;
  thread_local std::vector<float> maxima, sorted;
  maxima.clear();
  for (std::size_t at = 0; at < logits.size(); at += kSmallBlock) {
    maxima.push_back(BlockMax(logits.data() + at, std::min(kSmallBlock, logits.size() - at)));
  }
  float threshold = kNothing;
  if (count <= maxima.size()) {
    sorted = maxima;
    const auto border = sorted.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::nth_element(sorted.begin(), border, sorted.end(), std::greater<>());
    threshold = *border;
  }
  for (std::size_t block = 0; block < maxima.size(); ++block) {
    if (maxima[block] < threshold) continue;
    const std::size_t end = std::min(logits.size(), (block + 1) * kSmallBlock);
    for (std::size_t i = block * kSmallBlock; i < end; ++i) {
      if (logits[i] >= threshold) out->push_back({static_cast<std::int32_t>(i), logits[i]});
    }
  }
  if (out->size() > count) {
    const auto border = out->begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(out->begin(), border, out->end(), [](const Candidate& a, const Candidate& b) {
      return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
    });
    out->resize(count);
  }
}

std::int32_t TokenAtMass(std::span<const float> logits, float max, float scale, double target) {
  double sum = 0;
  std::int32_t last = ArgMax(logits);
  for (std::size_t at = 0; at < logits.size(); at += kBlock) {
    const std::size_t size = std::min(kBlock, logits.size() - at);
    const double block = BlockSum(logits.data() + at, size, max, scale);
    if (sum + block <= target) {
      sum += block;
      continue;
    }
    for (std::size_t i = at; i < at + size; ++i) {
      const double weight = FastExp((logits[i] - max) * scale);
      if (weight <= 0) continue;
      last = static_cast<std::int32_t>(i);
      sum += weight;
      if (sum > target) return last;
    }
  }
  return last;
}

}  // namespace redraft::gguf
