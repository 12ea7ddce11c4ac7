#pragma once

// One judged comparison between two items, as every rating method takes it: indices into the
// caller's list of item ids, in the order in which the verdicts were logged.
//
// Units    p_a is the probability that a is better: 1 and 0 are hard verdicts, 0.5 a tie.
//          log_len_ratio is ln(length of a / length of b).
// Errors   CheckOutcomes: kInvalidArgument naming the position of the first unusable outcome.

#include <cstdint>
#include <optional>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::rank {

struct Outcome {
  int a = 0;
  int b = 0;
  double p_a = 0.5;
  bool a_first = true;          ///< a was shown in the first slot
  bool has_slot = true;         ///< false: the slot is not on record, a_first means nothing
  int judge = 0;                ///< index of the judge, from 0
  double log_len_ratio = 0;     ///< 0 when lengths are unknown
  std::optional<double> logit;  ///< unclipped log-odds for a, where the judge gives them
};

/// Refuses indices outside [0, items), an item against itself, p_a outside [0, 1] or NaN, negative
/// judges, and covariates that are not finite.
Status CheckOutcomes(int items, const std::vector<Outcome>& outcomes);

/// The pieces of the comparison graph. Ratings in different pieces are not comparable by data.
struct Components {
  int count = 0;
  std::vector<int> of;  ///< piece of each item, numbered by its lowest item
};
Components ConnectedComponents(int items, const std::vector<Outcome>& outcomes);

/// Verdicts that each item took part in.
std::vector<int> CountVerdicts(int items, const std::vector<Outcome>& outcomes);

}  // namespace redraft::rank
