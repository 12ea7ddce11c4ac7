#pragma once

// Confidence intervals for a proportion and for a mean.
//
//   Interval rate = Wilson(86, 120);   // [0.630, 0.790]
//
// Units    `confidence` is two-sided coverage in (0, 1).
// Errors   none: arguments outside their ranges are contract violations.

#include <vector>

namespace redraft::stats {

struct Interval {
  double lo = 0;
  double hi = 0;
  bool Contains(double value) const { return lo <= value && value <= hi; }
};

/// Wilson's score interval. Successes may be fractional (ties count one half). No trials: [0, 1].
/// Paper  Wilson 1927; recommended by Brown, Cai and DasGupta 2001.
Interval Wilson(double successes, double trials, double confidence = 0.95);

/// Clopper and Pearson's exact interval: never covers less than `confidence`. No trials: [0, 1].
Interval ClopperPearson(double successes, double trials, double confidence = 0.95);

/// Student's t interval of the mean. Fewer than two values: unbounded, so (−∞, ∞).
Interval MeanInterval(const std::vector<double>& values, double confidence = 0.95);

/// z with P(|Z| <= z) = confidence for a standard normal Z; 1.95996 at 0.95.
double NormalQuantile(double confidence);

double Mean(const std::vector<double>& values);               ///< 0 for no values
double StandardDeviation(const std::vector<double>& values);  ///< n − 1; 0 below two values

}  // namespace redraft::stats
