#include "redraft/base/random.h"

#include <cmath>
#include <numbers>

#include "redraft/base/check.h"
#include "redraft/base/hash.h"

namespace redraft {

Rng Rng::Fork(std::string_view name) const { return Rng(StableHash(name, seed_ + 0x51ed27ULL)); }

std::uint64_t Rng::Next() {
  std::uint64_t z = seed_ + (++counter_) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double Rng::Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

std::size_t Rng::Below(std::size_t bound) {
  REDRAFT_CHECK(bound > 0);
  const std::uint64_t limit = ~std::uint64_t{0} - (~std::uint64_t{0} % bound);
  std::uint64_t value = Next();
  while (value >= limit) value = Next();
  return static_cast<std::size_t>(value % bound);
}

double Rng::Normal() {
  const double u = 1.0 - Uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * Uniform());
}

}  // namespace redraft
