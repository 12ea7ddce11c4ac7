#pragma once

// From judged texts to a reward model, with an honest estimate of its accuracy.
//
// Paper    Bradley-Terry regression on TF-IDF differences: antisymmetric by construction, so that
//          P(a beats b) + P(b beats a) = 1 whatever the weights.
//          Scores become comparisons, so that one loss serves both kinds of data, and
//          cross-validation leaves out one editor at a time: design.h. Inverse document frequencies
//          are refitted per fold.
//          Length is handled on the way: the scores of the first quarter, half and three quarters
//          of the held-out texts show how the sum of weights drifts as a text goes on, and that
//          drift, a multiple of ln(distinct n-grams), is taken out. Repetition does not count as
//          length. The scale of the scores (one temperature, Platt's targets), their zero and the
//          reference quantiles come from these out-of-fold scores, not from texts the weights have
//          seen.
// Cost     About a second per thousand pairs and fold; 20 kB of memory per text and thread.
// Threads  Folds run in parallel; the result does not depend on how many threads there are.

#include <array>
#include <cstdint>

#include "redraft/reward/dataset.h"
#include "redraft/reward/model.h"

namespace redraft::reward {

struct TrainOptions {
  std::string name = "ngram-1";
  std::string command;         ///< put on record in the model file
  unsigned bits = 18;          ///< log2 of the number of hash cells, 10 to 24
  bool length_neutral = true;  ///< false: the plain floor, which prefers short texts to long ones
  double c = 10;               ///< weight of the data against the L2 penalty, as in LIBLINEAR
  std::uint64_t seed = 1;
  unsigned threads = 0;  ///< 0: one per core
};

/// How well a scorer predicts which text of a pair is better.
struct Accuracy {
  std::size_t pairs = 0;
  double accuracy = 0;                 ///< share right, ties count half
  std::array<double, 2> wilson{0, 1};  ///< 95 % interval
  double shorter_wins = 0;             ///< the same share for the rule "fewer words is better"
};

struct TrainReport {
  std::size_t pairs = 0;   ///< pairs given
  std::size_t scores = 0;  ///< scored texts given
  std::size_t groups = 0;  ///< distinct stated groups among both
  std::size_t folds = 0;
  /// Out of fold, on the pairs (on comparisons of scores if there are none).
  Accuracy cv;
  /// Out of fold, on the chosen text of one pair against the rejected text of another: unrelated
  /// texts are harder to compare than a draft and its edit.
  Accuracy unrelated;
  double unrelated_stated = 0;  ///< mean stated probability of the likelier text of those
  double scale = 0;             ///< temperature: logits per unit of margin
  double length_slope = 0;      ///< logits per unit of ln(distinct n-grams) that are taken out
};

struct TrainedReward {
  RewardModel model;
  TrainReport report;
};

/// Errors: kInvalidArgument when there is nothing to compare or only one fold, or for options out
/// of range.
Result<TrainedReward> TrainReward(const Dataset& data, const TrainOptions& options);

/// Accuracy of `scorer` on pairs; held out or not is the caller's knowledge.
Accuracy EvaluatePairs(const core::Scorer& scorer, const std::vector<Pair>& pairs,
                       unsigned threads = 0);

}  // namespace redraft::reward
