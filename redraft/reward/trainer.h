#pragma once

// From judged texts to a reward model, with an honest estimate of what it is worth.
//
// Paper    Bradley-Terry regression in two stages. Experts (experts.h) learn from the comparisons
// and
//          from what was done to the texts (corruption.h); heads (heads.h) then learn what each
//          signal is worth from texts that those experts have not seen, since an expert is too sure
//          of the texts it has learnt from (stacking, Wolpert 1992). Scores become comparisons, so
//          that one loss serves both kinds of data.
// Folds    One editor at a time is left out, experts, heads and all (design.h). The scale of the
// log
//          odds, their zero and the reference quantiles come from what is left out.
// Floor    On the same folds the texture expert alone is measured too: the character n-gram model
// that
//          equals the published WQRM, and that anything more must not fall behind.
// Cost     About four seconds per fold and thousand texts; 100 kB of memory per text and thread.
// Threads  Folds run in parallel; the result does not depend on how many threads there are.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "redraft/reward/dataset.h"
#include "redraft/reward/model.h"
#include "redraft/reward/robustness.h"

namespace redraft::reward {

struct TrainOptions {
  std::string name = "full-1";
  std::string command;  ///< put on record in the model file
  unsigned bits = 18;   ///< log2 of the number of n-gram cells, 10 to 24
  double c = 10;  ///< weight of the data against the L2 penalty of the texture, as in LIBLINEAR
  std::vector<Corruption> leave_out;  ///< kinds that the heads are not shown (stacking.h)
  std::uint64_t seed = 1;
  unsigned threads = 0;  ///< 0: one per core
};

/// How well a scorer predicts which text of a pair is better.
struct Accuracy {
  std::size_t pairs = 0;
  double accuracy = 0;                 ///< share right, ties count half
  std::array<double, 2> wilson{0, 1};  ///< 95 % interval
  double shorter_wins = 0;             ///< the same share for the rule "fewer words is better"
  /// Mean of the accuracies where the better text is the shorter and where it is the longer one;
  /// none unless both occur.
  std::optional<double> balanced;
};

struct TrainReport {
  std::size_t pairs = 0;   ///< pairs given
  std::size_t scores = 0;  ///< scored texts given
  std::size_t groups = 0;  ///< distinct stated groups among both
  std::size_t folds = 0;
  /// Out of fold, on the pairs (on comparisons of scores if there are none).
  Accuracy cv;
  Accuracy floor;  ///< of the texture alone, on the same folds
  /// cv - floor: paired bootstrap over the pairs, the lower end of a one-sided 95 % interval.
  double floor_margin = 0;
  /// Out of fold, on the chosen text of one pair against the rejected text of another: unrelated
  /// texts are harder to compare than a draft and its edit.
  Accuracy unrelated;
  double unrelated_stated = 0;    ///< mean stated probability of the likelier text of those
  double calibration_error = 0;   ///< of the pairs, ten bins
  std::array<double, 3> slope{};  ///< of outcomes on stated log-odds, with a 95 % interval
  std::array<double, kRelations> scale{};            ///< logits per unit of head, by relation
  std::array<std::size_t, kRelations> related{};     ///< evaluated pairs by relation
  std::array<Robustness, kCorruptions> corruptions;  ///< out of fold, with held-out fillers
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
