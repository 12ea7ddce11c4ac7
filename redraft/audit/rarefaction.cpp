#include "redraft/audit/rarefaction.h"

#include <algorithm>

#include "redraft/stats/bootstrap.h"

namespace redraft::audit {
namespace {

constexpr int kReplicates = 1000;

/// C(total − hits, n) / C(total, n): none of n drawn out of `total` is among the `hits`.
double MissAll(std::uint32_t total, std::uint32_t hits, std::uint32_t n) {
  if (n > total) n = total;
  if (hits + n > total) return 0;
  double miss = 1;
  for (std::uint32_t i = 0; i < hits; ++i) {
    miss *= static_cast<double>(total - n - i) / static_cast<double>(total - i);
  }
  return miss;
}

std::vector<std::uint32_t> Grid(std::uint32_t most) {
  std::vector<std::uint32_t> grid;
  for (std::uint64_t decade = 1; decade <= most; decade *= 10) {
    for (const std::uint64_t n : {decade, 2 * decade, 5 * decade}) {
      if (n < most) grid.push_back(static_cast<std::uint32_t>(n));
    }
  }
  if (most > 0) grid.push_back(most);
  return grid;
}

}  // namespace

stats::Interval ShareInterval(std::span<const double> amount, std::span<const double> tokens,
                              std::uint64_t seed) {
  return stats::Bootstrap(
      tokens.size(),
      [&](const std::vector<std::size_t>& rows) {
        double sum = 0, of = 0;
        for (const std::size_t row : rows) {
          sum += amount[row];
          of += tokens[row];
        }
        return sum / of;
      },
      kReplicates, Rng(seed).Fork("audit/excerpts"));
}

std::vector<RarefactionPoint> Rarefy(const Tally& tally, std::span<const std::uint32_t> starts,
                                     std::uint64_t seed) {
  std::vector<RarefactionPoint> curve;
  const std::uint32_t tokens = starts.back();
  if (tokens == 0 || tally.guarded > 0) return curve;
  std::uint32_t most = 0;
  for (const ExcerptTally& excerpt : tally.excerpts) most = std::max(most, excerpt.generations);
  std::vector<double> sizes;
  for (std::size_t e = 0; e + 1 < starts.size(); ++e) sizes.push_back(starts[e + 1] - starts[e]);
  for (const std::uint32_t n : Grid(most)) {
    std::vector<double> miss(tokens, 1.0);
    for (const HitRange& hit : tally.hits) {
      const double factor = MissAll(tally.excerpts[hit.source].generations, hit.count, n);
      for (std::uint32_t i = hit.range.start; i < hit.range.end; ++i) miss[i] *= factor;
    }
    std::vector<double> covered(sizes.size());
    double all = 0;
    for (std::size_t e = 0; e < covered.size(); ++e) {
      for (std::uint32_t i = starts[e]; i < starts[e + 1]; ++i) covered[e] += 1 - miss[i];
      all += covered[e];
    }
    curve.push_back({n, all / tokens, ShareInterval(covered, sizes, seed)});
  }
  return curve;
}

}  // namespace redraft::audit
