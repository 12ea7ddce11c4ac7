#include "redraft/stats/intervals.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "redraft/base/check.h"

namespace redraft::stats {
namespace {

void CheckProportion(double successes, double trials, double confidence) {
  REDRAFT_CHECK(successes >= 0 && successes <= trials);
  REDRAFT_CHECK(confidence > 0 && confidence < 1);
}

}  // namespace

double NormalQuantile(double confidence) {
  REDRAFT_CHECK(confidence > 0 && confidence < 1);
  return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

Interval Wilson(double successes, double trials, double confidence) {
  CheckProportion(successes, trials, confidence);
  if (trials == 0) return {0, 1};
  const double z = NormalQuantile(confidence);
  const double p = successes / trials;
  const double shrink = 1 + z * z / trials;
  const double center = (p + z * z / (2 * trials)) / shrink;
  const double half = z * std::sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / shrink;
  // At 0 and n successes one end is exactly 0 or 1; rounding must not move it.
  return {successes == 0 ? 0 : std::max(0.0, center - half),
          successes == trials ? 1 : std::min(1.0, center + half)};
}

Interval ClopperPearson(double successes, double trials, double confidence) {
  CheckProportion(successes, trials, confidence);
  if (trials == 0) return {0, 1};
  const double tail = (1 - confidence) / 2;
  Interval interval{0, 1};
  if (successes > 0) {
    interval.lo = boost::math::quantile(
        boost::math::beta_distribution<>(successes, trials - successes + 1), tail);
  }
  if (successes < trials) {
    interval.hi = boost::math::quantile(
        boost::math::beta_distribution<>(successes + 1, trials - successes), 1 - tail);
  }
  return interval;
}

double Mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double StandardDeviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

Interval MeanInterval(const std::vector<double>& values, double confidence) {
  REDRAFT_CHECK(confidence > 0 && confidence < 1);
  if (values.size() < 2) {
    return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  }
  const double count = static_cast<double>(values.size());
  const double t = boost::math::quantile(boost::math::students_t(count - 1), 0.5 + confidence / 2);
  const double mean = Mean(values);
  const double half = t * StandardDeviation(values) / std::sqrt(count);
  return {mean - half, mean + half};
}

}  // namespace redraft::stats
