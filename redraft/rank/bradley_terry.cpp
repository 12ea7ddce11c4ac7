#include "redraft/rank/bradley_terry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "redraft/base/check.h"
#include "redraft/base/parallel.h"
#include "redraft/rank/bradley_terry_model.h"
#include "redraft/stats/bootstrap.h"

namespace redraft::rank {
namespace {

constexpr int kMaxSteps = 200;
constexpr double kStepTolerance = 1e-8;  ///< a Newton step this small ends the fit
constexpr double kStepAccuracy = 1e-2;  ///< of a step by conjugate gradients; later steps repair it
constexpr int kDenseStep = 256;         ///< parameters up to which a step is a dense solve
constexpr int kWidth = 16;              ///< right-hand sides solved together
constexpr int kDrawBlocks = 8;          ///< 128 posterior draws when the fit is not dense

struct Maximum {
  Eigen::VectorXd x;
  Information information;
  int steps = 0;
};

/// Climbs to the maximum from `x` with the noise variances as they are.
Result<Maximum> Climb(const Model& model, Eigen::VectorXd x) {
  double height = model.LogPosterior(x);
  Eigen::VectorXd gradient;
  for (int step = 0; step < kMaxSteps; ++step) {
    Information information = model.Linearize(x, &gradient);
    const bool dense = model.layout().parameters <= kDenseStep;
    const Eigen::VectorXd direction =
        dense ? Eigen::VectorXd(information.Dense().llt().solve(gradient))
              : information.Solve<1>(gradient, kStepAccuracy);
    double length = 1;
    Eigen::VectorXd next = x + direction;
    double next_height = model.LogPosterior(next);
    // Rounding may make the last steps look like tiny losses.
    const double slack = 1e-12 * (1 + std::abs(height));
    while (!(next_height >= height - slack) && length > 1e-9) {
      length /= 2;
      next = x + length * direction;
      next_height = model.LogPosterior(next);
    }
    const double moved = (next - x).lpNorm<Eigen::Infinity>();
    x = std::move(next);
    height = next_height;
    if (moved <= kStepTolerance * (1 + x.lpNorm<Eigen::Infinity>())) {
      return Maximum{std::move(x), std::move(information), step + 1};
    }
  }
  return Fail(ErrorCode::kFailed,
              fmt::format("the Bradley–Terry fit did not converge in {} steps", kMaxSteps));
}

Result<Maximum> Maximize(Model& model, bool log_odds) {
  REDRAFT_ASSIGN(Maximum best, Climb(model, Eigen::VectorXd::Zero(model.layout().parameters)));
  for (int round = 0; log_odds && round < 50 && model.EstimateNoise(best.x) > 1e-9; ++round) {
    const int steps = best.steps;
    REDRAFT_ASSIGN(best, Climb(model, std::move(best.x)));
    best.steps += steps;
  }
  return best;
}

Status CheckArguments(int items, const std::vector<Outcome>& outcomes,
                      const BradleyTerryOptions& options) {
  for (const double precision : {options.precision, options.covariate_precision}) {
    if (!(precision > 0 && std::isfinite(precision))) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("a prior precision is {}; it must be positive", precision));
    }
  }
  return CheckOutcomes(items, outcomes);
}

/// Standard errors of all parameters beyond the strengths, and the fit's covariance or draws.
/// A common shift of all strengths changes no η, so it is an eigenvector of the information matrix
/// with the prior precision as eigenvalue: taking the mean out takes 1/(precision · items) off
/// every entry of the covariance.
Eigen::VectorXd DensePosterior(const Information& information, double shift, BradleyTerry& fit) {
  const Eigen::MatrixXd matrix = information.Dense();
  const Eigen::MatrixXd inverse =
      matrix.llt().solve(Eigen::MatrixXd::Identity(matrix.rows(), matrix.cols()));
  const auto items = static_cast<Eigen::Index>(fit.strength.size());
  fit.covariance.resize(static_cast<std::size_t>(items * items));
  Eigen::Map<Eigen::MatrixXd>(fit.covariance.data(), items, items) =
      inverse.topLeftCorner(items, items).array() - shift;
  for (Eigen::Index i = 0; i < items; ++i) {
    fit.se[static_cast<std::size_t>(i)] = std::sqrt(std::max(0.0, inverse(i, i) - shift));
  }
  return inverse.diagonal().tail(inverse.rows() - items).cwiseSqrt();
}

/// Paper  Papandreou and Yuille 2010 (draws by perturbed solves); the variance of each strength
/// adds its exact conditional variance to the spread of its conditional mean, which needs few
/// draws.
Eigen::VectorXd SampledPosterior(const Information& information, double shift, BradleyTerry& fit) {
  const auto items = static_cast<Eigen::Index>(fit.strength.size());
  const Eigen::Index parameters = information.diagonal().size();
  constexpr int kDraws = kDrawBlocks * kWidth;
  fit.draws.resize(static_cast<std::size_t>(kDraws * items));
  std::vector<Eigen::VectorXd> spread(kDrawBlocks);
  const Rng rng(0);  // the fit is a function of its data
  ParallelFor(kDrawBlocks, [&](std::size_t block) {
    Block<kWidth> noise(parameters, kWidth);
    for (int c = 0; c < kWidth; ++c) {
      Rng stream = rng.Fork(fmt::format("{}/{}", block, c));
      noise.col(c) = information.Noise(stream);
    }
    const Block<kWidth> draw = information.Solve<kWidth>(noise, 1e-3);
    const Block<kWidth> conditional =
        draw - information.diagonal().cwiseInverse().asDiagonal() * noise;
    spread[block] = conditional.rowwise().squaredNorm();
    for (int c = 0; c < kWidth; ++c) {
      const Eigen::VectorXd column = draw.col(c).head(items);
      const auto row = static_cast<Eigen::Index>(block) * kWidth + c;
      Eigen::Map<Eigen::VectorXd>(fit.draws.data() + row * items, items) =
          column.array() - column.mean();
    }
  });
  Eigen::VectorXd variance = information.diagonal().cwiseInverse();
  for (const Eigen::VectorXd& part : spread) variance += part / kDraws;
  for (Eigen::Index i = 0; i < items; ++i) {
    fit.se[static_cast<std::size_t>(i)] = std::sqrt(std::max(0.0, variance[i] - shift));
  }
  return variance.tail(parameters - items).cwiseSqrt();
}

}  // namespace

Result<BradleyTerry> FitBradleyTerry(int items, const std::vector<Outcome>& outcomes,
                                     const BradleyTerryOptions& options) {
  REDRAFT_RETURN_IF_ERROR(CheckArguments(items, outcomes, options));
  BradleyTerry fit;
  fit.components = ConnectedComponents(items, outcomes);
  if (items == 0) return fit;
  Model model(items, outcomes, options);
  REDRAFT_ASSIGN(const Maximum best, Maximize(model, options.log_odds));

  fit.strength.assign(best.x.data(), best.x.data() + items);
  fit.se.resize(fit.strength.size());
  fit.iterations = best.steps;
  fit.log_posterior = model.LogPosterior(best.x);
  const double shift = 1 / (options.precision * items);
  const Eigen::VectorXd errors = items <= kDenseItems
                                     ? DensePosterior(best.information, shift, fit)
                                     : SampledPosterior(best.information, shift, fit);

  const auto coefficient = [&](int at) { return Coefficient{best.x[at], errors[at - items]}; };
  const Layout& layout = model.layout();
  if (layout.slot >= 0) fit.slot = coefficient(layout.slot);
  if (layout.length >= 0) fit.length = coefficient(layout.length);
  if (layout.log_tie >= 0) fit.log_tie = coefficient(layout.log_tie);
  for (int judge = 0; judge < layout.judges; ++judge) {
    if (layout.judge_slot >= 0) fit.judge_slot.push_back(coefficient(layout.judge_slot + judge));
    if (layout.judge_log_slope >= 0) {
      const int at = layout.LogSlope(judge);
      fit.judge_log_slope.push_back(at < 0 ? Coefficient{} : coefficient(at));
    }
    if (options.log_odds) {
      fit.judge_noise.push_back(std::sqrt(model.noise()[static_cast<std::size_t>(judge)]));
    }
  }
  return fit;
}

Coefficient Contrast(const BradleyTerry& fit, const std::vector<double>& weights) {
  REDRAFT_CHECK(weights.size() == fit.strength.size());
  const auto items = static_cast<Eigen::Index>(weights.size());
  const Eigen::Map<const Eigen::VectorXd> w(weights.data(), items);
  const double value = w.dot(Eigen::Map<const Eigen::VectorXd>(fit.strength.data(), items));
  double variance = 0;
  if (fit.draws.empty()) {
    const Eigen::Map<const Eigen::MatrixXd> covariance(fit.covariance.data(), items, items);
    variance = w.dot(covariance * w);
  } else {
    const auto draws = static_cast<Eigen::Index>(fit.draws.size()) / items;
    const Eigen::Map<const Eigen::MatrixXd> by_draw(fit.draws.data(), items, draws);
    variance = (by_draw.transpose() * w).squaredNorm() / static_cast<double>(draws);
  }
  return {value, std::sqrt(std::max(0.0, variance))};
}

BradleyTerry Restrict(const BradleyTerry& fit, const std::vector<int>& items) {
  const std::size_t all = fit.strength.size();
  BradleyTerry part = fit;
  part.components = {};
  const auto take = [&](const std::vector<double>& row, std::size_t start,
                        std::vector<double>& into) {
    for (const int item : items) into.push_back(row[start + static_cast<std::size_t>(item)]);
  };
  for (auto member : {&BradleyTerry::strength, &BradleyTerry::se}) {
    (part.*member).clear();
    take(fit.*member, 0, part.*member);
  }
  part.covariance.clear();
  if (!fit.covariance.empty()) {
    for (const int item : items) {
      take(fit.covariance, static_cast<std::size_t>(item) * all, part.covariance);
    }
  }
  part.draws.clear();
  for (std::size_t row = 0; row < fit.draws.size(); row += all) take(fit.draws, row, part.draws);
  return part;
}

TopK PosteriorTopK(const BradleyTerry& fit, int k, Rng rng, int draws) {
  REDRAFT_CHECK(k >= 0 && draws > 0);
  const auto items = static_cast<Eigen::Index>(fit.strength.size());
  TopK top;
  top.k = static_cast<int>(std::min<Eigen::Index>(k, items));
  top.p_top.assign(fit.strength.size(), 0);
  if (top.k == 0) return top;

  const auto best_first = [](const double* strength) {
    return [strength](int i, int j) {
      return strength[i] != strength[j] ? strength[i] > strength[j] : i < j;
    };
  };
  std::vector<int> order(fit.strength.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), best_first(fit.strength.data()));
  top.best.assign(order.begin(), order.begin() + top.k);

  const Eigen::Map<const Eigen::VectorXd> strength(fit.strength.data(), items);
  Eigen::MatrixXd root;
  if (fit.draws.empty()) {
    // Without the mean the covariance is singular; any common shift leaves the order as it is.
    Eigen::MatrixXd covariance =
        Eigen::Map<const Eigen::MatrixXd>(fit.covariance.data(), items, items);
    covariance.array() += covariance.trace() / static_cast<double>(items * items) + 1e-9;
    covariance.diagonal().array() += 1e-12;
    root = covariance.llt().matrixL();
  } else {
    draws = static_cast<int>(fit.draws.size()) / static_cast<int>(items);
  }
  Eigen::VectorXd draw(items), z(items);
  std::vector<int> times(fit.strength.size(), 0);
  for (int d = 0; d < draws; ++d) {
    if (fit.draws.empty()) {
      for (Eigen::Index i = 0; i < items; ++i) z[i] = rng.Normal();
      draw = strength + root.triangularView<Eigen::Lower>() * z;
    } else {
      draw = strength + Eigen::Map<const Eigen::VectorXd>(fit.draws.data() + d * items, items);
    }
    std::nth_element(order.begin(), order.begin() + top.k - 1, order.end(),
                     best_first(draw.data()));
    for (int i = 0; i < top.k; ++i) {
      ++times[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
    }
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    top.p_top[i] = static_cast<double>(times[i]) / draws;
  }
  for (const int item : top.best) top.expected_recall += top.p_top[static_cast<std::size_t>(item)];
  top.expected_recall /= top.k;
  return top;
}

Result<std::vector<stats::Interval>> BootstrapStrengths(int items,
                                                        const std::vector<Outcome>& outcomes,
                                                        const BradleyTerryOptions& options,
                                                        int replicates, Rng rng,
                                                        double confidence) {
  REDRAFT_CHECK(replicates > 0);
  REDRAFT_RETURN_IF_ERROR(CheckArguments(items, outcomes, options));
  std::map<std::pair<int, int>, std::vector<Outcome>> by_pair;
  for (const Outcome& outcome : outcomes)
    by_pair[std::minmax(outcome.a, outcome.b)].push_back(outcome);
  std::vector<std::vector<Outcome>> pairs;
  for (auto& [pair, verdicts] : by_pair) pairs.push_back(std::move(verdicts));

  std::vector<Result<Maximum>> refits(static_cast<std::size_t>(replicates),
                                      Fail(ErrorCode::kFailed, "not fitted"));
  ParallelFor(refits.size(), [&](std::size_t replicate) {
    Rng stream = rng.Fork(fmt::format("replicate/{}", replicate));
    std::vector<Outcome> drawn;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto& verdicts = pairs[stream.Below(pairs.size())];
      drawn.insert(drawn.end(), verdicts.begin(), verdicts.end());
    }
    Model model(items, drawn, options);
    refits[replicate] = Maximize(model, options.log_odds);
  });

  for (const Result<Maximum>& refit : refits) {
    if (!refit) return Fail(refit.error());
  }
  std::vector<stats::Interval> intervals;
  std::vector<double> values(refits.size());
  for (int item = 0; item < items; ++item) {
    for (std::size_t r = 0; r < refits.size(); ++r) values[r] = refits[r]->x[item];
    intervals.push_back(stats::PercentileInterval(values, confidence));
  }
  return intervals;
}

}  // namespace redraft::rank
