#include "redraft/stats/firth.h"

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "redraft/base/check.h"
#include "redraft/stats/intervals.h"

namespace redraft::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Share of a column's length that must be left after the others are projected out of it.
constexpr double kIndependent = 1e-6;
/// Beyond this, in log-odds per root mean square of the covariate, an interval is not followed.
constexpr double kFarthest = 1e4;

/// The columns scaled to a root mean square of 1, the first one and those that neither it nor
/// earlier ones determine.
struct Design {
  MatrixXd x;
  double scale = 1;  ///< of the first column
};

std::optional<Design> MakeDesign(const std::vector<std::vector<double>>& rows) {
  if (rows.empty()) return std::nullopt;
  const auto n = static_cast<Index>(rows.size());
  const auto k = static_cast<Index>(rows.front().size());
  MatrixXd raw(n, k);
  for (Index i = 0; i < n; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    REDRAFT_CHECK(static_cast<Index>(row.size()) == k);
    for (Index j = 0; j < k; ++j) raw(i, j) = row[static_cast<std::size_t>(j)];
  }
  MatrixXd others(n, 0);
  const auto left = [&](const VectorXd& column) {
    if (others.cols() == 0) return column.norm();
    const VectorXd fitted = others * others.colPivHouseholderQr().solve(column);
    return (column - fitted).norm();
  };
  for (Index j = 1; j < k; ++j) {
    const VectorXd column = raw.col(j);
    if (!(left(column) > kIndependent * column.norm())) continue;
    others.conservativeResize(n, others.cols() + 1);
    others.rightCols(1) = column * (std::sqrt(static_cast<double>(n)) / column.norm());
  }
  const VectorXd first = raw.col(0);
  if (!(left(first) > kIndependent * first.norm())) return std::nullopt;
  Design design;
  design.scale = first.norm() / std::sqrt(static_cast<double>(n));
  design.x.resize(n, others.cols() + 1);
  design.x.col(0) = first / design.scale;
  design.x.rightCols(others.cols()) = others;
  return design;
}

class Fit {
 public:
  Fit(MatrixXd x, const std::vector<bool>& outcomes)
      : x_(std::move(x)),
        y_(static_cast<Index>(outcomes.size())),
        beta_(VectorXd::Zero(x_.cols())) {
    for (Index i = 0; i < y_.size(); ++i) y_[i] = outcomes[static_cast<std::size_t>(i)] ? 1 : 0;
  }

  /// Log-likelihood with Jeffreys' prior.
  double Penalised(const VectorXd& beta) const {
    const VectorXd eta = x_ * beta;
    double sum = 0;
    for (Index i = 0; i < eta.size(); ++i) {
      const double margin = y_[i] > 0.5 ? eta[i] : -eta[i];
      sum -= margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin;
    }
    const Eigen::LLT<MatrixXd> information(Information(eta));
    if (information.info() != Eigen::Success) return -std::numeric_limits<double>::infinity();
    return sum + information.matrixL().toDenseMatrix().diagonal().array().log().sum();
  }

  /// The penalised maximum over all coefficients, or over all but the first, which is `fixed`.
  double Maximise(std::optional<double> fixed) {
    const Index from = fixed ? 1 : 0;
    if (fixed) beta_[0] = *fixed;
    double best = Penalised(beta_);
    const Index free = beta_.size() - from;
    for (int step = 0; step < 200 && free > 0; ++step) {
      const VectorXd direction = Score(from);
      if (direction.norm() < 1e-10) break;
      double size = 1;
      VectorXd next = beta_;
      double value = 0;
      do {
        next.tail(free) = beta_.tail(free) + size * direction;
        value = Penalised(next);
        size /= 2;
      } while (!(value > best) && size > 1e-6);
      if (!(value > best)) break;
      const double gain = value - best;
      beta_ = next;
      best = value;
      if (gain < 1e-12) break;
    }
    return best;
  }

  const VectorXd& beta() const { return beta_; }
  void set_beta(const VectorXd& beta) { beta_ = beta; }

 private:
  MatrixXd Information(const VectorXd& eta) const {
    const Eigen::ArrayXd p = 1 / (1 + (-eta.array()).exp());
    const VectorXd weight = (p * (1 - p)).max(1e-300);
    return x_.transpose() * weight.asDiagonal() * x_;
  }

  /// Newton direction for Firth's modified score of the coefficients from `from` on.
  VectorXd Score(Index from) const {
    const VectorXd eta = x_ * beta_;
    const Eigen::ArrayXd p = 1 / (1 + (-eta.array()).exp());
    const MatrixXd information = Information(eta);
    const Eigen::LLT<MatrixXd> llt(information);
    const MatrixXd solved = llt.solve(x_.transpose());
    VectorXd residual(y_.size());
    for (Index i = 0; i < y_.size(); ++i) {
      const double hat = p[i] * (1 - p[i]) * x_.row(i).dot(solved.col(i));
      residual[i] = y_[i] - p[i] + hat * (0.5 - p[i]);
    }
    const VectorXd score = x_.transpose() * residual;
    const Index free = score.size() - from;
    return information.bottomRightCorner(free, free).llt().solve(score.tail(free));
  }

  MatrixXd x_;
  VectorXd y_;
  VectorXd beta_;
};

/// Where the profile falls by `drop` below its maximum, on the side of `sign`.
double Bound(Fit fit, double maximum, double at, double drop, double sign) {
  const auto inside = [&](double value) { return maximum - fit.Maximise(value) < drop; };
  double near = at, width = 0.25;
  while (inside(at + sign * width)) {
    near = at + sign * width;
    width *= 2;
    if (width > kFarthest) return sign * std::numeric_limits<double>::infinity();
  }
  double far = at + sign * width;
  for (int step = 0; step < 60; ++step) {
    const double middle = (near + far) / 2;
    (inside(middle) ? near : far) = middle;
  }
  return near;
}

}  // namespace

std::optional<Effect> FirthEffect(const std::vector<std::vector<double>>& rows,
                                  const std::vector<bool>& outcomes, double confidence) {
  REDRAFT_CHECK(rows.size() == outcomes.size());
  const auto design = MakeDesign(rows);
  if (!design) return std::nullopt;
  Fit fit(design->x, outcomes);
  const double maximum = fit.Maximise(std::nullopt);
  if (!std::isfinite(maximum)) return std::nullopt;
  const double value = fit.beta()[0];
  const double z = NormalQuantile(confidence);
  const double drop = z * z / 2;
  return Effect{value / design->scale, Bound(fit, maximum, value, drop, -1) / design->scale,
                Bound(fit, maximum, value, drop, 1) / design->scale};
}

}  // namespace redraft::stats
