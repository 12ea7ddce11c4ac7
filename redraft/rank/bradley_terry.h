#pragma once

// Bradley–Terry strengths fitted jointly over all verdicts, with ties, slot, length and judge
// terms, standard errors and the posterior of the top k. The rating that selection uses.
//
// For an outcome by judge j, with x = +1 when a was shown first and −1 when b was,
//
//   η = slope_j (θ_a − θ_b) + (slot + slot_j) x + length · log_len_ratio,   P(a better) =
//   1/(1+e^−η)
//
// p_a enters as p_a wins and 1 − p_a losses. With `davidson` an exact 0.5 is a tie with probability
// proportional to ν between e^{η/2} and e^{−η/2}. With `log_odds` an outcome that carries its logit
// is a normal observation of η instead, with a noise variance estimated per judge: such verdicts
// keep their information even when the slot bias pushes every p_a to the same side.
// Each θ has a normal prior, so undefeated items, separate components and no verdicts at all give
// finite strengths; the prior also fixes the mean of the strengths at 0.
//
//   auto fit = FitBradleyTerry(60, outcomes, {.slot = true});
//   TopK top = PosteriorTopK(*fit, 5, rng.Fork("top"));
//
// Paper    Bradley and Terry 1952; Davidson 1970; Laplace's approximation at the penalised maximum.
// Units    logits. Standard errors of strengths are relative to the mean of all items.
// Cost     O(outcomes) per iteration; the covariance is O(items³) up to kDenseItems, sampled
// beyond.
//          60 items × 2,100 verdicts: 2 ms; 10,000 × 200,000: 2–5 s (bench/ranking).
// Threads  pure functions.
// Errors   kInvalidArgument for outcomes that CheckOutcomes refuses, or a precision that is not
//          positive; kFailed when the fit does not converge.

#include <vector>

#include "redraft/base/random.h"
#include "redraft/rank/outcome.h"
#include "redraft/stats/intervals.h"

namespace redraft::rank {

/// Above this many items the covariance is sampled, not stored.
inline constexpr int kDenseItems = 1500;

struct BradleyTerryOptions {
  double precision = 0.1;             ///< of the normal prior on each strength (sd 3.2 logits)
  double covariate_precision = 0.01;  ///< of the prior on slot, length and tie terms
  bool slot = false;                  ///< fit the advantage of the first slot
  bool length = false;                ///< fit the log length ratio
  bool judge_slopes = false;          ///< fit how sharply each judge tells items apart
  bool davidson = false;              ///< model exact ties instead of halving them
  bool log_odds = false;              ///< use Outcome::logit where there is one
};

struct Coefficient {
  double value = 0;
  double se = 0;
};

struct BradleyTerry {
  std::vector<double> strength;     ///< θ of each item; their mean is 0
  std::vector<double> se;           ///< of θ minus the mean θ
  std::vector<double> covariance;   ///< of θ minus the mean θ, row-major items²; empty if not dense
  std::vector<double> draws;        ///< when not dense: draws of θ − strength, a row per draw
  std::optional<Coefficient> slot;  ///< first-slot advantage, shared by all judges
  std::optional<Coefficient> length;    ///< logits per unit of log length ratio
  std::optional<Coefficient> log_tie;   ///< ln ν of Davidson's model
  std::vector<Coefficient> judge_slot;  ///< each judge's deviation from `slot`; empty for one judge
  std::vector<Coefficient>
      judge_log_slope;              ///< ln slope_j against judge 0; empty unless judge_slopes
  std::vector<double> judge_noise;  ///< sd of each judge's logits around η; empty unless log_odds
  Components components;
  double log_posterior = 0;  ///< at the maximum, without constants
  int iterations = 0;        ///< Newton steps taken
};

Result<BradleyTerry> FitBradleyTerry(int items, const std::vector<Outcome>& outcomes,
                                     const BradleyTerryOptions& options = {});

/// A weighted sum of strengths with its standard error, for example the difference between the
/// means of two groups. Needs a dense fit. Verdicts that chose which items live on favour those
/// items: a contrast between generations is honest only over fresh verdicts.
Coefficient Contrast(const BradleyTerry& fit, const std::vector<double>& weights);

/// What the fit says about some of its items, in the order given: the marginal posterior. Strengths
/// and errors stay relative to the mean of all items; components are those of the whole graph and
/// left out.
BradleyTerry Restrict(const BradleyTerry& fit, const std::vector<int>& items);

/// Who is in the top k, by draws from the Laplace posterior.
struct TopK {
  int k = 0;
  std::vector<double> p_top;   ///< P(item is among the k best)
  std::vector<int> best;       ///< the k items of highest strength, best first
  double expected_recall = 0;  ///< mean p_top of `best`
};
TopK PosteriorTopK(const BradleyTerry& fit, int k, Rng rng, int draws = 1000);

/// Percentile intervals of the strengths from refits over resampled pairs: all verdicts on one pair
/// are drawn together, so that a judge's persistent opinion of a pair counts once.
/// Cost  one fit per replicate, spread over all cores.
Result<std::vector<stats::Interval>> BootstrapStrengths(int items,
                                                        const std::vector<Outcome>& outcomes,
                                                        const BradleyTerryOptions& options,
                                                        int replicates, Rng rng,
                                                        double confidence = 0.95);

}  // namespace redraft::rank
