#include "redraft/audit/rarefaction.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "redraft/base/parallel.h"
#include "redraft/stats/bootstrap.h"

namespace redraft::audit {
namespace {

constexpr int kReplicates = 1000;

/// C(total − hits, n) / C(total, n) by the number of hits: none of n drawn out of `total` is one of
/// them.
class MissAll {
 public:
  MissAll(std::uint32_t total, std::uint32_t n) : miss_{1} {
    for (std::uint32_t i = 0; i + std::min(n, total) < total; ++i) {
      miss_.push_back(miss_.back() *
                      (static_cast<double>(total - n - i) / static_cast<double>(total - i)));
    }
  }
  double operator()(std::uint32_t hits) const { return hits < miss_.size() ? miss_[hits] : 0; }

 private:
  std::vector<double> miss_;
};

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

/// How many tokens of an excerpt n generations cover, given how many of the `total` generations at
/// hand cover each.
double OwnCovered(const std::vector<std::uint32_t>& hits, std::uint32_t total, std::uint32_t n) {
  double covered = 0, once = 0, twice = 0;
  const MissAll miss(total, n);
  for (const std::uint32_t count : hits) {
    if (count > 0) covered += 1 - miss(count);
    once += count == 1 ? 1 : 0;
    twice += count == 2 ? 1 : 0;
  }
  if (n <= total || once == 0) return covered;
  const double share = (total - 1.0) / total;
  const double chao = share * (twice > 0 ? once * once / (2 * twice) : once * (once - 1) / 2);
  const double unseen = std::min(chao, static_cast<double>(hits.size()) - covered);
  if (unseen <= 0) return covered;
  return covered + unseen * (1 - std::pow(1 - once / (total * unseen + once), n - total));
}

/// For each prompted excerpt: how many of its own generations cover each of its tokens.
std::map<std::uint32_t, std::vector<std::uint32_t>> OwnHits(const Tally& tally,
                                                            std::span<const std::uint32_t> starts) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> hits;
  for (std::uint32_t e = 0; e < tally.excerpts.size(); ++e) {
    if (tally.excerpts[e].generations > 0) hits[e].resize(starts[e + 1] - starts[e]);
  }
  for (const HitRange& hit : tally.hits) {
    const std::uint32_t from = starts[hit.source], to = starts[hit.source + 1];
    for (std::uint32_t i = std::max(hit.range.start, from); i < std::min(hit.range.end, to); ++i) {
      hits[hit.source][i - from] += hit.count;
    }
  }
  return hits;
}

/// How many tokens of each excerpt n generations of every excerpt cover, on average.
std::vector<double> Covered(const Tally& tally, std::span<const std::uint32_t> starts,
                            std::uint32_t n) {
  std::vector<double> miss(starts.back(), 1.0);
  std::uint32_t total = 0;
  MissAll miss_all(total, n);  // of excerpts with `total` generations: mostly all have as many
  for (const HitRange& hit : tally.hits) {
    if (const std::uint32_t own = tally.excerpts[hit.source].generations; own != total) {
      miss_all = MissAll(total = own, n);
    }
    const double factor = miss_all(hit.count);
    for (std::uint32_t i = hit.range.start; i < hit.range.end; ++i) miss[i] *= factor;
  }
  std::vector<double> covered(starts.size() - 1);
  for (std::size_t e = 0; e < covered.size(); ++e) {
    for (std::uint32_t i = starts[e]; i < starts[e + 1]; ++i) covered[e] += 1 - miss[i];
  }
  return covered;
}

}  // namespace

std::vector<stats::Interval> ShareIntervals(const std::vector<std::vector<double>>& amounts,
                                            const std::vector<double>& tokens, std::uint64_t seed) {
  std::vector<std::vector<double>> shares(amounts.size());
  // One call of the statistic is one draw: it notes the shares of all lists.
  stats::Bootstrap(
      tokens.size(),
      [&](const std::vector<std::size_t>& rows) {
        double of = 0;
        for (const std::size_t row : rows) of += tokens[row];
        for (std::size_t i = 0; i < amounts.size(); ++i) {
          double sum = 0;
          for (const std::size_t row : rows) sum += amounts[i][row];
          shares[i].push_back(of == 0 ? 0 : sum / of);
        }
        return 0.0;
      },
      kReplicates, Rng(seed).Fork("audit/excerpts"));
  std::vector<stats::Interval> intervals;
  intervals.reserve(shares.size());
  for (auto& values : shares) intervals.push_back(stats::PercentileInterval(std::move(values)));
  return intervals;
}

std::vector<RarefactionPoint> Rarefy(const Tally& tally, std::span<const std::uint32_t> starts,
                                     std::uint64_t seed, unsigned threads) {
  const std::uint32_t tokens = starts.back();
  if (tokens == 0 || tally.guarded > 0) return {};
  std::uint32_t most = 0;
  for (const ExcerptTally& excerpt : tally.excerpts) most = std::max(most, excerpt.generations);
  std::vector<double> sizes;
  for (std::size_t e = 0; e + 1 < starts.size(); ++e) sizes.push_back(starts[e + 1] - starts[e]);
  const std::vector<std::uint32_t> grid = Grid(most);
  std::vector<std::vector<double>> amounts(grid.size());
  ParallelFor(
      grid.size(), [&](std::size_t point) { amounts[point] = Covered(tally, starts, grid[point]); },
      threads);
  const auto intervals = ShareIntervals(amounts, sizes, seed);
  std::vector<RarefactionPoint> curve;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const double all = std::accumulate(amounts[i].begin(), amounts[i].end(), 0.0);
    curve.push_back({grid[i], all / tokens, intervals[i]});
  }
  return curve;
}

std::vector<RarefactionPoint> ExtrapolateOwn(const Tally& tally,
                                             std::span<const std::uint32_t> starts,
                                             std::uint32_t to, std::uint64_t seed) {
  std::vector<RarefactionPoint> curve;
  const auto hits = OwnHits(tally, starts);
  std::vector<double> sizes;
  std::uint32_t most = 0;
  double tokens = 0;
  for (const auto& [excerpt, own] : hits) {
    sizes.push_back(static_cast<double>(own.size()));
    tokens += sizes.back();
    most = std::max(most, tally.excerpts[excerpt].generations);
  }
  if (tokens == 0 || tally.guarded > 0) return curve;
  std::vector<std::uint32_t> grid = Grid(std::max(most, to));
  if (const auto at = std::lower_bound(grid.begin(), grid.end(), most); *at != most) {
    grid.insert(at, most);
  }
  std::vector<std::vector<double>> amounts;
  for (const std::uint32_t n : grid) {
    std::vector<double>& covered = amounts.emplace_back();
    for (const auto& [excerpt, own] : hits) {
      covered.push_back(OwnCovered(own, tally.excerpts[excerpt].generations, n));
    }
    const double all = std::accumulate(covered.begin(), covered.end(), 0.0);
    curve.push_back({n, all / tokens, {}});
  }
  const auto intervals = ShareIntervals(amounts, sizes, seed);
  for (std::size_t i = 0; i < curve.size(); ++i) curve[i].interval = intervals[i];
  return curve;
}

}  // namespace redraft::audit
