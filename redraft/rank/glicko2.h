#pragma once

// Glicko-2: ratings with a deviation and a volatility, updated once per rating period from the
// ratings that held before it. All items move simultaneously, so the result does not depend on
// the order of the items.
//
// Paper    Glickman, "Example of the Glicko-2 system", 2012 (its worked example is a test).
// Units    rating and deviation in points (173.7178 points per natural unit).
// Cost     O(outcomes + items).
// Errors   kInvalidArgument for outcomes that CheckOutcomes refuses or a tau that is not positive.

#include <vector>

#include "redraft/rank/outcome.h"

namespace redraft::rank {

struct GlickoRating {
  double rating = 1500;
  double deviation = 350;
  double volatility = 0.06;
};

/// The ratings after one period in which `outcomes` were played. An item that did not play keeps
/// its rating and grows its deviation by its volatility.
Result<std::vector<GlickoRating>> UpdateGlicko2(const std::vector<GlickoRating>& before,
                                                const std::vector<Outcome>& outcomes,
                                                double tau = 0.5);

}  // namespace redraft::rank
