#include "redraft/stats/significance.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "redraft/base/check.h"
#include "redraft/stats/intervals.h"

namespace redraft::stats {

double SignTest(int wins, int losses) {
  REDRAFT_CHECK(wins >= 0 && losses >= 0);
  const int decided = wins + losses;
  if (decided == 0) return 1;
  const boost::math::binomial fair(decided, 0.5);
  return std::min(1.0, 2 * boost::math::cdf(fair, std::min(wins, losses)));
}

double PairedTTest(const std::vector<double>& differences) {
  if (differences.size() < 2) return 1;
  const double count = static_cast<double>(differences.size());
  const double mean = Mean(differences);
  const double error = StandardDeviation(differences) / std::sqrt(count);
  if (error == 0) return mean == 0 ? 1 : 0;
  const boost::math::students_t t(count - 1);
  return 2 * boost::math::cdf(boost::math::complement(t, std::abs(mean / error)));
}

int TrialsForPower(double rate, double power, double alpha) {
  REDRAFT_CHECK(rate > 0 && rate < 1 && rate != 0.5);
  REDRAFT_CHECK(power > 0 && power < 1 && alpha > 0 && alpha < 1);
  const double z_alpha = NormalQuantile(1 - alpha);
  const double z_power = boost::math::quantile(boost::math::normal(), power);
  const double root = (z_alpha * 0.5 + z_power * std::sqrt(rate * (1 - rate))) / (rate - 0.5);
  return static_cast<int>(std::ceil(root * root));
}

double PowerOfTrials(double rate, int trials, double alpha) {
  REDRAFT_CHECK(rate > 0 && rate < 1 && trials >= 0 && alpha > 0 && alpha < 1);
  const double z_alpha = NormalQuantile(1 - alpha);
  const double shift = std::abs(rate - 0.5) * std::sqrt(static_cast<double>(trials));
  const double spread = std::sqrt(rate * (1 - rate));
  // Both tails: the far one matters only near one half.
  const boost::math::normal normal;
  return boost::math::cdf(normal, (shift - z_alpha * 0.5) / spread) +
         boost::math::cdf(normal, (-shift - z_alpha * 0.5) / spread);
}

}  // namespace redraft::stats
