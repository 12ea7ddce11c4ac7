#include "redraft/stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "redraft/base/check.h"

namespace redraft::stats {
namespace {

double Quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace

Interval PercentileInterval(std::vector<double> values, double confidence) {
  REDRAFT_CHECK(confidence > 0 && confidence < 1);
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) {
    return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  }
  std::sort(values.begin(), values.end());
  const double tail = (1 - confidence) / 2;
  return {Quantile(values, tail), Quantile(values, 1 - tail)};
}

Interval ClusterBootstrap(const std::vector<int>& cluster_of, const Statistic& statistic,
                          int replicates, Rng rng, double confidence) {
  std::map<int, std::vector<std::size_t>> by_label;
  for (std::size_t row = 0; row < cluster_of.size(); ++row)
    by_label[cluster_of[row]].push_back(row);
  std::vector<std::vector<std::size_t>> clusters;
  for (auto& [label, rows] : by_label) clusters.push_back(std::move(rows));

  std::vector<double> values;
  std::vector<std::size_t> drawn;
  for (int replicate = 0; replicate < replicates && !clusters.empty(); ++replicate) {
    drawn.clear();
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      const auto& rows = clusters[rng.Below(clusters.size())];
      drawn.insert(drawn.end(), rows.begin(), rows.end());
    }
    values.push_back(statistic(drawn));
  }
  return PercentileInterval(std::move(values), confidence);
}

Interval Bootstrap(std::size_t count, const Statistic& statistic, int replicates, Rng rng,
                   double confidence) {
  std::vector<int> each_row_alone(count);
  for (std::size_t row = 0; row < count; ++row) each_row_alone[row] = static_cast<int>(row);
  return ClusterBootstrap(each_row_alone, statistic, replicates, rng, confidence);
}

}  // namespace redraft::stats
