#pragma once

// Whether stated probabilities are true: of the events given 0.7, seven in ten should happen.
//
// Paper    Naeini et al. 2015 (expected calibration error); Brier 1950.
// Units    probabilities; happened[i] is 0 or 1 (0.5 for a tie).

#include <vector>

namespace redraft::stats {

struct CalibrationBin {
  double lo = 0, hi = 0;  ///< stated probabilities in [lo, hi); the last bin includes 1
  int count = 0;
  double stated = 0;    ///< mean stated probability, 0 when empty
  double happened = 0;  ///< mean outcome, 0 when empty
};

/// `bins` bins of equal width.
std::vector<CalibrationBin> CalibrationBins(const std::vector<double>& stated,
                                            const std::vector<double>& happened, int bins = 10);

/// Expected calibration error: |stated − happened| averaged over bins, weighted by their counts.
/// 0 for no events.
double CalibrationError(const std::vector<CalibrationBin>& bins);

/// Slope of a logistic regression, without intercept, of outcomes on stated log-odds: 1 is
/// calibrated, below 1 overconfident (Cox 1958). `margins` are the log-odds stated for what then
/// happened, `weights` parallel to them (empty: all 1). NaN unless some were right and some wrong.
double ReliabilitySlope(const std::vector<double>& margins,
                        const std::vector<double>& weights = {});

/// Mean squared difference; 0.25 is what always saying one half gives. 0 for no events.
double BrierScore(const std::vector<double>& stated, const std::vector<double>& happened);

}  // namespace redraft::stats
