#pragma once

// What a language model's reading adds to the reward model, measured; and the weights of it.
//
// Paper    Stacking (Wolpert 1992) in two storeys: heads on features and hidden states learn from
//          comparisons; how far each is believed beside the n-gram based model is learnt from pairs
//          that neither has seen.
// Folds    Those of trainer.h, one editor at a time. In each, everything is refitted; the weights
//          of the mixture come from the other folds. So the full model's figures are those of
//          TrainReward, on the pairs that were read.
// Data     Pairs, comparisons of scores, or both. Of the latter as many as there are pairs, among
//          texts that were read, and none with a text of the family of one that is held out.
// Winner   A mixture is better than the full model when the one-sided 95 % bound of the paired
//          difference is above 0, corrected for the number of mixtures that were tried
//          (Bonferroni).
// Cost     Per kind of data as TrainReward without its corruptions.
// Threads  Folds run in parallel; the result does not depend on how many threads there are.

#include <array>
#include <string>
#include <vector>

#include "redraft/reward/lm_examples.h"
#include "redraft/reward/lm_model.h"
#include "redraft/reward/trainer.h"

namespace redraft::reward {

enum class LmFamily {
  kNgram,      ///< character n-grams alone
  kStyle,      ///< all other signals, weighed for these comparisons
  kFull,       ///< the built-in model's kind
  kFeatures,   ///< + features of the log-probabilities
  kState,      ///< the hidden-state head alone
  kHeads,      ///< features + hidden-state head
  kFullState,  ///< full + hidden-state head
  kAll,        ///< full + features + hidden-state head
};
inline constexpr std::size_t kLmFamilies = 8;
std::string_view NameOf(LmFamily family);

enum class LmKind { kPairs, kScores, kBoth };
inline constexpr std::size_t kLmKinds = 3;
std::string_view NameOf(LmKind kind);

struct LmTrainOptions {
  std::string command;
  bool families = false;     ///< also train on scores, and on both
  bool heads_alone = false;  ///< keep the heads without the built-in model (kHeads)
  double features_c = 0.1;
  double state_c = 0.01;
  TrainOptions base;  ///< bits, c, seed, threads
};

struct LmCell {
  LmFamily family = LmFamily::kNgram;
  LmKind kind = LmKind::kPairs;
  std::size_t pairs = 0;
  double accuracy = 0;
  std::array<double, 2> wilson{0, 1};
  double gain = 0;        ///< over the full model trained on pairs
  double gain_bound = 0;  ///< with 95 % confidence above this, corrected
};

/// A text against its reordering, out of fold.
struct LmOrder {
  std::size_t texts = 0;
  double full = 0, mixed = 0, likelihood = 0;  ///< shares right
};

struct LmReport {
  std::size_t pairs = 0, read = 0, folds = 0;
  double full_of_all = 0;  ///< accuracy of the full model on all pairs, read or not
  std::vector<LmCell> table;
  LmOrder shuffled, swapped;
  /// Of the mixtures trained on pairs, the best one that is better than the full model.
  std::optional<LmFamily> winner;
};

struct TrainedLm {
  LmReward model;
  LmReport report;
};

/// `base` is the built-in model, to which the weights will be added.
/// Errors: kInvalidArgument when no pair was read, or only those of one fold.
Result<TrainedLm> TrainLm(const Dataset& data, const LmReadings& readings, RewardModel base,
                          const LmTrainOptions& options);

}  // namespace redraft::reward
