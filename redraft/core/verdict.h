#pragma once

// One judged comparison. Always a probability, always with the slot that was shown first.

#include <optional>
#include <string>

#include "redraft/base/json.h"

namespace redraft::core {

struct Verdict {
  std::string a, b;             ///< draft ids; a is the one shown first
  std::optional<double> p_a;    ///< probability that a is better; 0.5 tie; none: no verdict
  std::optional<double> logit;  ///< unclipped log-odds for a, when the judge gives them
  double mass = 1.0;            ///< probability mass on the labels (label judges)
  std::string judge;            ///< id of the judge
  std::string rationale;        ///< the judge's words without its verdict line, may be empty
  int generation = 0;           ///< the batch it was played in
  int calls = 0;                ///< model calls it took
  /// The pair was chosen by what earlier verdicts of its batch said (active pairing): good for
  /// ratings, no evidence about progress.
  bool adaptive = false;
};

/// The probability that stands for log-odds. Probability(x) + Probability(-x) is exactly 1: the
/// smaller of the two is computed, the larger one is what is left.
double Probability(double logit);

Json ToJson(const Verdict& verdict);
Result<Verdict> VerdictFromJson(const Json& json);

}  // namespace redraft::core
