#include "redraft/rank/elo.h"

#include <cmath>

namespace redraft::rank {

double EloExpectation(double a, double b) { return 1 / (1 + std::pow(10, (b - a) / 400)); }

Result<std::vector<double>> ReplayElo(int items, const std::vector<Outcome>& outcomes,
                                      const EloOptions& options) {
  REDRAFT_RETURN_IF_ERROR(CheckOutcomes(items, outcomes));
  std::vector<double> ratings(static_cast<std::size_t>(items), options.base);
  for (const Outcome& outcome : outcomes) {
    double& a = ratings[static_cast<std::size_t>(outcome.a)];
    double& b = ratings[static_cast<std::size_t>(outcome.b)];
    const double gain = options.k * (outcome.p_a - EloExpectation(a, b));
    a += gain;
    b -= gain;
  }
  return ratings;
}

}  // namespace redraft::rank
