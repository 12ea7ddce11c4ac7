#include "redraft/rank/glicko2.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace redraft::rank {
namespace {

constexpr double kPointsPerUnit = 173.7178;
constexpr double kCentre = 1500;

/// How much an opponent's own uncertainty dampens what a game against them says.
double Dampening(double phi) {
  return 1 / std::sqrt(1 + 3 * phi * phi / (std::numbers::pi * std::numbers::pi));
}

/// What one period's games say about one item, on the natural scale.
struct Evidence {
  double information = 0;  ///< 1 / v
  double surprise = 0;     ///< Σ g(φ_j)(s − E)
};

/// Step 5 of the paper: the new volatility, by the Illinois variant of regula falsi.
double NewVolatility(double sigma, double phi, double v, double delta, double tau) {
  const double a = std::log(sigma * sigma);
  const auto f = [&](double x) {
    const double e = std::exp(x);
    const double d = phi * phi + v + e;
    return e * (delta * delta - d) / (2 * d * d) - (x - a) / (tau * tau);
  };
  double low = a;
  double high = 0;
  if (delta * delta > phi * phi + v) {
    high = std::log(delta * delta - phi * phi - v);
  } else {
    int k = 1;
    while (f(a - k * tau) < 0) ++k;
    high = a - k * tau;
  }
  double f_low = f(low), f_high = f(high);
  while (std::abs(high - low) > 1e-9) {
    const double middle = low + (low - high) * f_low / (f_high - f_low);
    const double f_middle = f(middle);
    if (f_middle * f_high <= 0) {
      low = high;
      f_low = f_high;
    } else {
      f_low /= 2;
    }
    high = middle;
    f_high = f_middle;
  }
  return std::exp(low / 2);
}

}  // namespace

Result<std::vector<GlickoRating>> UpdateGlicko2(const std::vector<GlickoRating>& before,
                                                const std::vector<Outcome>& outcomes, double tau) {
  if (!(tau > 0)) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("tau is {}; it must be positive", tau));
  }
  REDRAFT_RETURN_IF_ERROR(CheckOutcomes(static_cast<int>(before.size()), outcomes));

  std::vector<Evidence> evidence(before.size());
  const auto add = [&](int self, int other, double score) {
    const GlickoRating& me = before[static_cast<std::size_t>(self)];
    const GlickoRating& opponent = before[static_cast<std::size_t>(other)];
    const double g = Dampening(opponent.deviation / kPointsPerUnit);
    const double expected = 1 / (1 + std::exp(-g * (me.rating - opponent.rating) / kPointsPerUnit));
    evidence[static_cast<std::size_t>(self)].information += g * g * expected * (1 - expected);
    evidence[static_cast<std::size_t>(self)].surprise += g * (score - expected);
  };
  for (const Outcome& outcome : outcomes) {
    add(outcome.a, outcome.b, outcome.p_a);
    add(outcome.b, outcome.a, 1 - outcome.p_a);
  }

  std::vector<GlickoRating> after = before;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double phi = before[i].deviation / kPointsPerUnit;
    double sigma = before[i].volatility;
    if (evidence[i].information == 0) {  // did not play
      after[i].deviation = kPointsPerUnit * std::sqrt(phi * phi + sigma * sigma);
      continue;
    }
    const double v = 1 / evidence[i].information;
    sigma = NewVolatility(sigma, phi, v, v * evidence[i].surprise, tau);
    const double new_phi = 1 / std::sqrt(1 / (phi * phi + sigma * sigma) + 1 / v);
    const double mu =
        (before[i].rating - kCentre) / kPointsPerUnit + new_phi * new_phi * evidence[i].surprise;
    after[i] = {kCentre + kPointsPerUnit * mu, kPointsPerUnit * new_phi, sigma};
  }
  return after;
}

}  // namespace redraft::rank
