#include "redraft/stats/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "redraft/base/check.h"

namespace redraft::stats {

std::vector<CalibrationBin> CalibrationBins(const std::vector<double>& stated,
                                            const std::vector<double>& happened, int bins) {
  REDRAFT_CHECK(stated.size() == happened.size() && bins > 0);
  std::vector<CalibrationBin> table(static_cast<std::size_t>(bins));
  for (int b = 0; b < bins; ++b) {
    table[static_cast<std::size_t>(b)].lo = static_cast<double>(b) / bins;
    table[static_cast<std::size_t>(b)].hi = static_cast<double>(b + 1) / bins;
  }
  for (std::size_t i = 0; i < stated.size(); ++i) {
    REDRAFT_CHECK(stated[i] >= 0 && stated[i] <= 1);
    const int b = std::min(static_cast<int>(stated[i] * bins), bins - 1);
    CalibrationBin& bin = table[static_cast<std::size_t>(b)];
    ++bin.count;
    bin.stated += stated[i];
    bin.happened += happened[i];
  }
  for (CalibrationBin& bin : table) {
    if (bin.count == 0) continue;
    bin.stated /= bin.count;
    bin.happened /= bin.count;
  }
  return table;
}

double CalibrationError(const std::vector<CalibrationBin>& bins) {
  double error = 0, count = 0;
  for (const CalibrationBin& bin : bins) {
    error += bin.count * std::abs(bin.stated - bin.happened);
    count += bin.count;
  }
  return count == 0 ? 0 : error / count;
}

double BrierScore(const std::vector<double>& stated, const std::vector<double>& happened) {
  REDRAFT_CHECK(stated.size() == happened.size());
  if (stated.empty()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < stated.size(); ++i) {
    sum += (stated[i] - happened[i]) * (stated[i] - happened[i]);
  }
  return sum / static_cast<double>(stated.size());
}

double ReliabilitySlope(const std::vector<double>& margins, const std::vector<double>& weights) {
  const auto right = [](double margin) { return margin > 0; };
  const auto wrong = [](double margin) { return margin < 0; };
  if (std::none_of(margins.begin(), margins.end(), right) ||
      std::none_of(margins.begin(), margins.end(), wrong)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double low = -100;  // the likelihood is concave in the slope: bisection on its derivative
  double high = 100;
  for (int step = 0; step < 60; ++step) {
    const double slope = (low + high) / 2;
    double derivative = 0;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const double weight = weights.empty() ? 1 : weights[i];
      derivative += weight * margins[i] / (1 + std::exp(slope * margins[i]));
    }
    (derivative > 0 ? low : high) = slope;
  }
  return (low + high) / 2;
}

}  // namespace redraft::stats
