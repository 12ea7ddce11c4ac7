#pragma once

// The likelihood behind FitBradleyTerry: which parameters there are, what each outcome says about
// them, and the Newton system that follows. Internal to rank.
//
// Every outcome is a function of its linear predictor η and, with ties, of τ = ln ν. Its part of
// the Hessian is replaced by its expected information in (η, τ): that is the exact Hessian unless
// judge slopes are fitted, and it is never indefinite.

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <array>
#include <vector>

#include "redraft/rank/bradley_terry.h"

namespace redraft::rank {

/// Columns of right-hand sides that are worked on together, row by row.
template <int kColumns>
using Block = Eigen::Matrix<double, Eigen::Dynamic, kColumns,
                            kColumns == 1 ? Eigen::ColMajor : Eigen::RowMajor>;

/// Where each parameter lies in the parameter vector; −1 for a term that is not fitted. The item
/// strengths come first.
struct Layout {
  int items = 0;
  int judges = 0;
  int slot = -1;
  int length = -1;
  int log_tie = -1;
  int judge_slot = -1;       ///< of judge 0; the others follow
  int judge_log_slope = -1;  ///< of judge 1; the others follow
  int parameters = 0;

  /// The slope of judge 0 is 1: a common factor of all slopes is the unit of the strengths.
  int LogSlope(int judge) const {
    return judge_log_slope < 0 || judge == 0 ? -1 : judge_log_slope + judge - 1;
  }
};

/// One outcome linearised at the current parameters.
struct Linearized {
  std::array<int, 6> parameter{};
  std::array<double, 6> slope{};  ///< ∂η / ∂parameter
  int size = 0;
  double score = 0;        ///< ∂ log-likelihood / ∂η
  double information = 0;  ///< of η
  double tie_score = 0;    ///< the same for τ, and between both
  double tie_information = 0;
  double cross_information = 0;
};

/// The penalised information matrix: Σ JᵀWJ + prior. Positive definite. Items meet few others, so
/// their block is sparse; every outcome bears on the few other parameters, so their columns are
/// dense.
class Information {
 public:
  Information(const Layout& layout, std::vector<Linearized> outcomes, Eigen::VectorXd prior);

  Eigen::MatrixXd Dense() const;
  template <int kColumns>
  Block<kColumns> Times(const Block<kColumns>& x) const;
  /// Solves by conjugate gradients with the diagonal as preconditioner, to a residual of
  /// `tolerance` relative to the right-hand side.
  template <int kColumns>
  Block<kColumns> Solve(const Block<kColumns>& rhs, double tolerance) const;
  /// A draw from N(0, this matrix), so that Solve makes it a draw from the posterior.
  Eigen::VectorXd Noise(Rng& rng) const;
  const Eigen::VectorXd& diagonal() const { return diagonal_; }

 private:
  Layout layout_;
  std::vector<Linearized> outcomes_;
  Eigen::VectorXd prior_;
  Eigen::SparseMatrix<double, Eigen::RowMajor> items_;  ///< items × items
  Eigen::MatrixXd others_;                              ///< parameters × other parameters
  Eigen::VectorXd diagonal_;
};

class Model {
 public:
  Model(int items, const std::vector<Outcome>& outcomes, const BradleyTerryOptions& options);

  const Layout& layout() const { return layout_; }
  /// Log-posterior at `x`, without constants.
  double LogPosterior(const Eigen::VectorXd& x) const;
  /// The information matrix at `x`; `gradient` gets the gradient of the log-posterior.
  Information Linearize(const Eigen::VectorXd& x, Eigen::VectorXd* gradient) const;
  /// Variance of each judge's logits around η; changed by EstimateNoise only.
  const std::vector<double>& noise() const { return noise_; }
  /// Refits the variances to the residuals at `x`; returns the largest relative change.
  double EstimateNoise(const Eigen::VectorXd& x);

 private:
  bool UsesLogit(const Outcome& outcome) const { return log_odds_ && outcome.logit.has_value(); }
  double Slope(const Eigen::VectorXd& x, int judge) const;
  double Predictor(const Eigen::VectorXd& x, const Outcome& outcome) const;
  Linearized LinearizeOne(const Eigen::VectorXd& x, const Outcome& outcome) const;

  const std::vector<Outcome>& outcomes_;
  bool log_odds_;
  Layout layout_;
  Eigen::VectorXd prior_;  ///< precision of each parameter's normal prior around 0
  std::vector<double> noise_;
};

}  // namespace redraft::rank
