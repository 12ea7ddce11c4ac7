#pragma once

// Seeded randomness. One seed per run; every consumer forks its own stream by name, so that adding
// one consumer never shifts the numbers of another.
//
//   Rng run(seed);
//   Rng draft = run.Fork("gen/3/draft/7");   // the same numbers in every run with this seed
//
// Threads  a value; copy it, do not share it.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace redraft {

class Rng {
 public:
  explicit Rng(std::uint64_t seed) : seed_(seed) {}

  /// An independent stream that depends on this stream's seed and `name` only, not on how many
  /// numbers were drawn.
  Rng Fork(std::string_view name) const;

  std::uint64_t Next();                  ///< 64 random bits (SplitMix64 over a counter)
  double Uniform();                      ///< in [0, 1)
  std::size_t Below(std::size_t bound);  ///< in [0, bound); bound >= 1; unbiased
  double Normal();                       ///< mean 0, deviation 1
  std::uint64_t seed() const { return seed_; }

  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t counter_ = 0;
};

}  // namespace redraft
