#include "redraft/stats/agreement.h"

#include <limits>
#include <map>

#include "redraft/base/check.h"

namespace redraft::stats {
namespace {

/// Agreement observed, corrected for what chance gives.
double Corrected(double observed, double expected) {
  if (expected >= 1) return std::numeric_limits<double>::quiet_NaN();
  return (observed - expected) / (1 - expected);
}

}  // namespace

double CohenKappa(const std::vector<int>& first, const std::vector<int>& second) {
  REDRAFT_CHECK(first.size() == second.size());
  if (first.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::map<int, std::pair<double, double>> share;
  const double each = 1.0 / static_cast<double>(first.size());
  double observed = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    share[first[i]].first += each;
    share[second[i]].second += each;
    if (first[i] == second[i]) observed += each;
  }
  // Compared as counts: summing shares could miss 1 by a rounding error.
  if (share.size() == 1) return std::numeric_limits<double>::quiet_NaN();
  double expected = 0;
  for (const auto& [label, p] : share) expected += p.first * p.second;
  return Corrected(observed, expected);
}

double FleissKappa(const std::vector<std::vector<int>>& counts) {
  if (counts.empty()) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t categories = counts.front().size();
  std::vector<double> total(categories, 0);
  double observed = 0, all = 0, raters_before = 0;
  for (const auto& item : counts) {
    REDRAFT_CHECK(item.size() == categories);
    double raters = 0, squares = 0;
    for (std::size_t c = 0; c < categories; ++c) {
      raters += item[c];
      squares += static_cast<double>(item[c]) * item[c];
      total[c] += item[c];
    }
    REDRAFT_CHECK(raters >= 2 && (raters_before == 0 || raters == raters_before));
    raters_before = raters;
    observed += (squares - raters) / (raters * (raters - 1));
    all += raters;
  }
  double expected = 0;
  for (const double count : total) expected += (count / all) * (count / all);
  return Corrected(observed / static_cast<double>(counts.size()), expected);
}

double KrippendorffAlpha(const std::vector<std::vector<double>>& ratings, Distance distance) {
  const auto difference = [distance](double x, double y) {
    return distance == Distance::kNominal ? (x == y ? 0.0 : 1.0) : (x - y) * (x - y);
  };
  std::map<double, double> pooled;  // value → how often, over items with at least two ratings
  double pairable = 0, observed = 0;
  for (const auto& item : ratings) {
    if (item.size() < 2) continue;
    double within = 0;
    for (std::size_t i = 0; i < item.size(); ++i) {
      pooled[item[i]] += 1;
      for (std::size_t j = i + 1; j < item.size(); ++j) within += difference(item[i], item[j]);
    }
    observed += 2 * within / static_cast<double>(item.size() - 1);
    pairable += static_cast<double>(item.size());
  }
  double expected = 0;
  for (const auto& [x, nx] : pooled) {
    for (const auto& [y, ny] : pooled) expected += nx * ny * difference(x, y);
  }
  if (expected == 0) return std::numeric_limits<double>::quiet_NaN();
  return 1 - observed * (pairable - 1) / expected;
}

}  // namespace redraft::stats
