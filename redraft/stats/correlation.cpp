#include "redraft/stats/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "redraft/base/check.h"
#include "redraft/stats/intervals.h"

namespace redraft::stats {
namespace {

/// Pairs of equal elements in a sequence in which equal ones are adjacent.
template <class Equal>
std::int64_t TiedPairs(std::size_t count, const Equal& equals_previous) {
  std::int64_t pairs = 0, run = 1;
  for (std::size_t i = 1; i < count; ++i) {
    run = equals_previous(i) ? run + 1 : 1;
    pairs += run - 1;
  }
  return pairs;
}

/// Sorts `values` and returns how many pairs were in strictly wrong order (merge sort).
std::int64_t SortCountingInversions(std::vector<double>& values, std::vector<double>& scratch,
                                    std::size_t begin, std::size_t end) {
  if (end - begin < 2) return 0;
  const std::size_t middle = begin + (end - begin) / 2;
  std::int64_t inversions = SortCountingInversions(values, scratch, begin, middle) +
                            SortCountingInversions(values, scratch, middle, end);
  std::size_t left = begin, right = middle;
  for (std::size_t out = begin; out < end; ++out) {
    if (left < middle && (right == end || values[left] <= values[right])) {
      scratch[out] = values[left++];
    } else {
      inversions += static_cast<std::int64_t>(middle - left);
      scratch[out] = values[right++];
    }
  }
  std::copy(scratch.begin() + static_cast<std::ptrdiff_t>(begin),
            scratch.begin() + static_cast<std::ptrdiff_t>(end),
            values.begin() + static_cast<std::ptrdiff_t>(begin));
  return inversions;
}

}  // namespace

std::vector<double> MidRanks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    // Ranks begin + 1 … end; their mean.
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

double Spearman(const std::vector<double>& x, const std::vector<double>& y) {
  REDRAFT_CHECK(x.size() == y.size());
  const std::vector<double> rx = MidRanks(x), ry = MidRanks(y);
  const double mx = Mean(rx), my = Mean(ry);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < rx.size(); ++i) {
    xx += (rx[i] - mx) * (rx[i] - mx);
    yy += (ry[i] - my) * (ry[i] - my);
    xy += (rx[i] - mx) * (ry[i] - my);
  }
  if (xx == 0 || yy == 0) return std::numeric_limits<double>::quiet_NaN();
  return xy / std::sqrt(xx * yy);
}

double KendallTau(const std::vector<double>& x, const std::vector<double>& y) {
  REDRAFT_CHECK(x.size() == y.size());
  const std::size_t count = x.size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return x[i] != x[j] ? x[i] < x[j] : y[i] < y[j]; });
  // Knight's method: with x sorted, discordant pairs are the inversions of y.
  const std::int64_t tied_x =
      TiedPairs(count, [&](std::size_t i) { return x[order[i]] == x[order[i - 1]]; });
  const std::int64_t tied_both = TiedPairs(count, [&](std::size_t i) {
    return x[order[i]] == x[order[i - 1]] && y[order[i]] == y[order[i - 1]];
  });
  std::vector<double> ys(count), scratch(count);
  for (std::size_t i = 0; i < count; ++i) ys[i] = y[order[i]];
  const std::int64_t discordant = SortCountingInversions(ys, scratch, 0, count);
  const std::int64_t tied_y = TiedPairs(count, [&](std::size_t i) { return ys[i] == ys[i - 1]; });

  const auto pairs = static_cast<std::int64_t>(count * (count - (count > 0 ? 1 : 0)) / 2);
  if (pairs == tied_x || pairs == tied_y) return std::numeric_limits<double>::quiet_NaN();
  const std::int64_t concordant = pairs - tied_x - tied_y + tied_both - discordant;
  return static_cast<double>(concordant - discordant) /
         (std::sqrt(static_cast<double>(pairs - tied_x)) *
          std::sqrt(static_cast<double>(pairs - tied_y)));
}

}  // namespace redraft::stats
