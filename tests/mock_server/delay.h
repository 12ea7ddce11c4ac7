#pragma once

// How long mock_server takes for a request: a draw that its body decides, so that a bench can
// compute what the fastest client would have needed.

#include <chrono>
#include <cmath>
#include <string_view>

#include "redraft/base/hash.h"
#include "redraft/base/random.h"

namespace redraft::testing {

/// Log-normal with this mean and this sigma of the logarithm; sigma 0: always the mean.
inline std::chrono::milliseconds DrawnDelay(std::string_view body, double mean_ms, double sigma) {
  const double normal = Rng(StableHash(body)).Fork("delay").Normal();
  const double mu = std::log(std::max(mean_ms, 1e-9)) - sigma * sigma / 2;
  return std::chrono::milliseconds(std::llround(std::exp(mu + sigma * normal)));
}

}  // namespace redraft::testing
