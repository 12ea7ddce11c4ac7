#include "redraft/rank/bradley_terry_model.h"

#include <cmath>

namespace redraft::rank {
namespace {

// A judge's slot bias differs from the panel's by about a logit, and its sharpness from the panel's
// by a factor of about e^0.5.
constexpr double kJudgeSlotPrecision = 1;
constexpr double kJudgeSlopePrecision = 4;

// The noise variance of logits is pulled towards 1 with the weight of four observations.
constexpr double kNoisePriorCount = 4;
constexpr double kNoisePriorVariance = 1;

/// ln(1 + e^x) without overflow.
double Softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double Sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : 1 - 1 / (1 + std::exp(x)); }

/// Davidson's three probabilities.
struct ThreeWay {
  double a, b, tie;
  double log_sum;  ///< ln(e^{η/2} + e^{−η/2} + ν)
};

ThreeWay Davidson(double eta, double log_tie) {
  const double top = std::max(std::abs(eta) / 2, log_tie);
  const double a = std::exp(eta / 2 - top), b = std::exp(-eta / 2 - top);
  const double tie = std::exp(log_tie - top), sum = a + b + tie;
  return {a / sum, b / sum, tie / sum, top + std::log(sum)};
}

bool IsTie(const Outcome& outcome) { return outcome.p_a == 0.5; }

/// +1 when a was shown first, −1 when b was, 0 when that is not on record.
double SlotSign(const Outcome& outcome) {
  if (!outcome.has_slot) return 0;
  return outcome.a_first ? 1 : -1;
}

}  // namespace

Information::Information(const Layout& layout, std::vector<Linearized> outcomes,
                         Eigen::VectorXd prior)
    : layout_(layout), outcomes_(std::move(outcomes)), prior_(std::move(prior)) {
  const int items = layout_.items;
  items_.resize(items, items);
  others_.setZero(layout_.parameters, layout_.parameters - items);
  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(outcomes_.size() * 4 + static_cast<std::size_t>(items));
  const auto add = [&](int row, int column, double value) {
    if (column >= items) {
      others_(row, column - items) += value;
    } else if (row < items) {
      entries.emplace_back(row, column, value);
    }
  };
  for (int i = 0; i < layout_.parameters; ++i) add(i, i, prior_[i]);
  for (const Linearized& outcome : outcomes_) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(outcome.size); ++i) {
      const double weighted = outcome.information * outcome.slope[i];
      for (std::size_t j = 0; j < static_cast<std::size_t>(outcome.size); ++j) {
        add(outcome.parameter[i], outcome.parameter[j], weighted * outcome.slope[j]);
      }
      if (layout_.log_tie < 0) continue;
      const double cross = outcome.cross_information * outcome.slope[i];
      add(outcome.parameter[i], layout_.log_tie, cross);
      add(layout_.log_tie, outcome.parameter[i], cross);
    }
    if (layout_.log_tie >= 0) add(layout_.log_tie, layout_.log_tie, outcome.tie_information);
  }
  items_.setFromTriplets(entries.begin(), entries.end());
  diagonal_.resize(layout_.parameters);
  diagonal_.head(items) = items_.diagonal();
  diagonal_.tail(others_.cols()) = others_.bottomRows(others_.cols()).diagonal();
}

Eigen::MatrixXd Information::Dense() const {
  Eigen::MatrixXd dense(layout_.parameters, layout_.parameters);
  dense.topLeftCorner(layout_.items, layout_.items) = items_;
  dense.rightCols(others_.cols()) = others_;
  dense.bottomLeftCorner(others_.cols(), layout_.items) =
      others_.topRows(layout_.items).transpose();
  return dense;
}

template <int kColumns>
Block<kColumns> Information::Times(const Block<kColumns>& x) const {
  using Row = Eigen::Matrix<double, 1, kColumns>;
  const Eigen::Index items = layout_.items, others = others_.cols();
  Block<kColumns> product(x.rows(), x.cols());
  for (Eigen::Index item = 0; item < items; ++item) {
    Row sum = Row::Zero();
    for (decltype(items_)::InnerIterator it(items_, item); it; ++it) {
      sum += it.value() * x.row(it.col());
    }
    product.row(item) = sum;
  }
  product.topRows(items).noalias() += others_.topRows(items) * x.bottomRows(others);
  product.bottomRows(others).noalias() = others_.transpose() * x;
  return product;
}

template <int kColumns>
Block<kColumns> Information::Solve(const Block<kColumns>& rhs, double tolerance) const {
  using Row = Eigen::Array<double, 1, kColumns>;
  const auto dots = [](const Block<kColumns>& u, const Block<kColumns>& v) -> Row {
    return u.cwiseProduct(v).colwise().sum().array();
  };
  const auto ratio = [](const Row& over, const Row& under) -> Row {
    return (under > 0).select(over / under, Row::Zero());
  };
  const Eigen::VectorXd inverse = diagonal_.cwiseInverse();
  Block<kColumns> x = Block<kColumns>::Zero(rhs.rows(), rhs.cols());
  Block<kColumns> residual = rhs;
  Block<kColumns> scaled = inverse.asDiagonal() * residual;
  Block<kColumns> direction = scaled;
  Row rho = dots(residual, scaled);
  const Row goal = rho * tolerance * tolerance;
  for (Eigen::Index step = 0; step < 4 * rhs.rows() + 50 && (rho > goal).any(); ++step) {
    const Block<kColumns> image = Times<kColumns>(direction);
    const Row alpha = ratio(rho, dots(direction, image));
    x += direction * alpha.matrix().asDiagonal();
    residual -= image * alpha.matrix().asDiagonal();
    scaled = inverse.asDiagonal() * residual;
    const Row next = dots(residual, scaled);
    direction = scaled + direction * ratio(next, rho).matrix().asDiagonal();
    rho = next;
  }
  return x;
}

template Block<1> Information::Times<1>(const Block<1>&) const;
template Block<16> Information::Times<16>(const Block<16>&) const;
template Block<1> Information::Solve<1>(const Block<1>&, double) const;
template Block<16> Information::Solve<16>(const Block<16>&, double) const;

Eigen::VectorXd Information::Noise(Rng& rng) const {
  Eigen::VectorXd noise(layout_.parameters);
  for (int i = 0; i < layout_.parameters; ++i) noise[i] = std::sqrt(prior_[i]) * rng.Normal();
  for (const Linearized& outcome : outcomes_) {
    // Cholesky factor of the outcome's 2 × 2 information of (η, τ).
    const double root = std::sqrt(outcome.information);
    const double z = rng.Normal();
    for (std::size_t i = 0; i < static_cast<std::size_t>(outcome.size); ++i) {
      noise[outcome.parameter[i]] += outcome.slope[i] * root * z;
    }
    if (layout_.log_tie < 0 || outcome.tie_information == 0) continue;
    const double below = root > 0 ? outcome.cross_information / root : 0;
    noise[layout_.log_tie] +=
        below * z +
        std::sqrt(std::max(0.0, outcome.tie_information - below * below)) * rng.Normal();
  }
  return noise;
}

Model::Model(int items, const std::vector<Outcome>& outcomes, const BradleyTerryOptions& options)
    : outcomes_(outcomes), log_odds_(options.log_odds) {
  layout_.items = items;
  layout_.parameters = items;
  layout_.judges = 1;
  for (const Outcome& outcome : outcomes) {
    layout_.judges = std::max(layout_.judges, outcome.judge + 1);
  }
  std::vector<double> precision(static_cast<std::size_t>(items), options.precision);
  const auto add = [&](int count, double of_each) {
    const int first = layout_.parameters;
    layout_.parameters += count;
    precision.resize(static_cast<std::size_t>(layout_.parameters), of_each);
    return first;
  };
  const bool panel = layout_.judges > 1;
  if (options.slot) layout_.slot = add(1, options.covariate_precision);
  if (options.length) layout_.length = add(1, options.covariate_precision);
  if (options.davidson) layout_.log_tie = add(1, options.covariate_precision);
  if (options.slot && panel) layout_.judge_slot = add(layout_.judges, kJudgeSlotPrecision);
  if (options.judge_slopes && panel) {
    layout_.judge_log_slope = add(layout_.judges - 1, kJudgeSlopePrecision);
  }
  prior_ = Eigen::Map<const Eigen::VectorXd>(precision.data(), layout_.parameters);
  noise_.assign(static_cast<std::size_t>(layout_.judges), kNoisePriorVariance);
}

double Model::Slope(const Eigen::VectorXd& x, int judge) const {
  const int at = layout_.LogSlope(judge);
  return at < 0 ? 1 : std::exp(x[at]);
}

double Model::Predictor(const Eigen::VectorXd& x, const Outcome& outcome) const {
  double eta = Slope(x, outcome.judge) * (x[outcome.a] - x[outcome.b]);
  if (layout_.slot >= 0) eta += x[layout_.slot] * SlotSign(outcome);
  if (layout_.judge_slot >= 0) eta += x[layout_.judge_slot + outcome.judge] * SlotSign(outcome);
  if (layout_.length >= 0) eta += x[layout_.length] * outcome.log_len_ratio;
  return eta;
}

double Model::LogPosterior(const Eigen::VectorXd& x) const {
  double sum = -0.5 * x.dot(prior_.cwiseProduct(x));
  for (const Outcome& outcome : outcomes_) {
    const double eta = Predictor(x, outcome);
    if (UsesLogit(outcome)) {
      const double variance = noise_[static_cast<std::size_t>(outcome.judge)];
      const double residual = *outcome.logit - eta;
      sum -= 0.5 * (residual * residual / variance + std::log(variance));
    } else if (layout_.log_tie >= 0) {
      sum += (outcome.p_a - 0.5) * eta - Davidson(eta, x[layout_.log_tie]).log_sum;
      if (IsTie(outcome)) sum += x[layout_.log_tie];
    } else {
      sum += outcome.p_a * eta - Softplus(eta);
    }
  }
  return sum;
}

Linearized Model::LinearizeOne(const Eigen::VectorXd& x, const Outcome& outcome) const {
  Linearized line;
  const auto add = [&line](int parameter, double slope) {
    line.parameter[static_cast<std::size_t>(line.size)] = parameter;
    line.slope[static_cast<std::size_t>(line.size)] = slope;
    ++line.size;
  };
  const double slope = Slope(x, outcome.judge);
  add(outcome.a, slope);
  add(outcome.b, -slope);
  const double sign = SlotSign(outcome);
  if (layout_.slot >= 0 && sign != 0) add(layout_.slot, sign);
  if (layout_.judge_slot >= 0 && sign != 0) add(layout_.judge_slot + outcome.judge, sign);
  if (layout_.length >= 0) add(layout_.length, outcome.log_len_ratio);
  if (const int at = layout_.LogSlope(outcome.judge); at >= 0) {
    add(at, slope * (x[outcome.a] - x[outcome.b]));
  }

  const double eta = Predictor(x, outcome);
  if (UsesLogit(outcome)) {
    const double variance = noise_[static_cast<std::size_t>(outcome.judge)];
    line.score = (*outcome.logit - eta) / variance;
    line.information = 1 / variance;
  } else if (layout_.log_tie >= 0) {
    const ThreeWay p = Davidson(eta, x[layout_.log_tie]);
    line.score = outcome.p_a - 0.5 - 0.5 * (p.a - p.b);
    line.information = 0.25 * (p.a + p.b - (p.a - p.b) * (p.a - p.b));
    line.tie_score = (IsTie(outcome) ? 1 : 0) - p.tie;
    line.tie_information = p.tie * (1 - p.tie);
    line.cross_information = -0.5 * (p.a - p.b) * p.tie;
  } else {
    const double p = Sigmoid(eta);
    line.score = outcome.p_a - p;
    line.information = p * (1 - p);
  }
  return line;
}

Information Model::Linearize(const Eigen::VectorXd& x, Eigen::VectorXd* gradient) const {
  std::vector<Linearized> lines;
  lines.reserve(outcomes_.size());
  *gradient = -prior_.cwiseProduct(x);
  for (const Outcome& outcome : outcomes_) {
    const Linearized line = LinearizeOne(x, outcome);
    for (std::size_t i = 0; i < static_cast<std::size_t>(line.size); ++i) {
      (*gradient)[line.parameter[i]] += line.score * line.slope[i];
    }
    if (layout_.log_tie >= 0) (*gradient)[layout_.log_tie] += line.tie_score;
    lines.push_back(line);
  }
  return Information(layout_, std::move(lines), prior_);
}

double Model::EstimateNoise(const Eigen::VectorXd& x) {
  std::vector<double> squares(noise_.size(), 0), counts(noise_.size(), 0);
  double all = 0;
  for (const Outcome& outcome : outcomes_) {
    if (!UsesLogit(outcome)) continue;
    const double residual = *outcome.logit - Predictor(x, outcome);
    squares[static_cast<std::size_t>(outcome.judge)] += residual * residual;
    counts[static_cast<std::size_t>(outcome.judge)] += 1;
    all += 1;
  }
  // Fitting uses up degrees of freedom, about one per parameter; the prior bounds how many.
  const double left = all == 0 ? 1 : std::max(0.5, 1 - layout_.parameters / all);
  double change = 0;
  for (std::size_t judge = 0; judge < noise_.size(); ++judge) {
    const double variance = (squares[judge] + kNoisePriorCount * kNoisePriorVariance) /
                            (counts[judge] * left + kNoisePriorCount);
    change = std::max(change, std::abs(variance / noise_[judge] - 1));
    noise_[judge] = variance;
  }
  return change;
}

}  // namespace redraft::rank
