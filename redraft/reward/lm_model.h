#pragma once

// The reward model with a language model's eyes: the built-in model, and what a small language
// model's reading of the two texts adds where that has been measured.
//
//   revisions    log-odds = w0 * built-in + w1 * features head + w2 * hidden-state head
//   reordered    log-odds = v0 * built-in + v1 * difference of the log-likelihoods of the texts
//   otherwise    the built-in model alone
//
// Or the heads alone, whatever the two texts are to each other: a second opinion that knows nothing
// of the built-in model and its character n-grams.
//
// Paper    Stacking (Wolpert 1992); hidden states as features of a preference, as in reward models
//          since Stiennon et al. 2020, here with the language model left as it is.
// Units    Logits; Compare(a, b) = -Compare(b, a) to the last bit.
// Format   JSON: schema, the reader (registry id or file, and gguf::Model::id()), the id of the
//          built-in model (empty: heads alone), weights, provenance. Weights belong to one GGUF
//          file.
// Threads  Immutable.
// Errors   kConfig for a file that is foreign, truncated, of another version, made for another
//          built-in model, or with a weight that is no finite number.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/base/result.h"
#include "redraft/reward/lm_features.h"
#include "redraft/reward/model.h"

namespace redraft::reward {

struct LmRewardData {
  std::string reader;                 ///< what to open: an id of the registry or a file
  std::string reader_id;              ///< gguf::Model::id() of it
  std::string base;                   ///< RewardModel::id(); empty: heads alone
  std::vector<double> features;       ///< kLmFeatures weights per unit
  std::vector<double> state;          ///< a weight per dimension of the hidden state
  std::array<double, 3> revised{};    ///< of the built-in logit, features head, state head
  std::array<double, 2> reordered{};  ///< of the built-in logit, log-likelihood
  Json provenance;
};

class LmReward {
 public:
  /// `base` is the built-in model, of no use to heads alone. Errors: kConfig when the data was made
  /// for another one.
  static Result<LmReward> Make(LmRewardData data, RewardModel base);

  /// Reads the file format; `origin` names the source in errors.
  static Result<LmReward> Parse(std::string_view bytes, const std::string& origin);

  std::string Serialize() const;

  /// "reward:lm@<first 8 digits of the hash of the file>".
  const std::string& id() const { return id_; }

  /// Whether a comparison of these texts needs readings: not when the built-in model decides alone,
  /// nor when one of them has no word.
  bool NeedsReadings(std::string_view a, std::string_view b) const;

  /// Errors: kFailed when a reading has another number of dimensions than the weights.
  Result<double> Compare(std::string_view a, const LmReading& a_read, std::string_view b,
                         const LmReading& b_read) const;

  /// Without readings: what the built-in model says; 0 of heads alone.
  double CompareUnread(std::string_view a, std::string_view b) const;

  /// A text on the scale of revisions: with heads alone Score(a) - Score(b) is Compare(a, b), else
  /// what the built-in model sees only in two texts at once is missing.
  /// Errors: as Compare.
  Result<double> Score(std::string_view text, const LmReading& read) const;

  const LmRewardData& data() const { return data_; }

 private:
  LmReward(LmRewardData data, RewardModel base);
  bool heads_alone() const { return data_.base.empty(); }
  /// What the heads say of a above b, in the mixture's logits.
  Result<double> HeadsSay(const LmReading& a, const LmReading& b) const;

  LmRewardData data_;
  RewardModel base_;
  std::string id_;
};

/// Opens what a user names: "reward:lm" is the one that is part of the program, "reward:lm:FILE" a
/// file. Errors: kInvalidArgument when there is no such file; kConfig as
/// above.
Result<LmReward> OpenLmReward(std::string_view name);

}  // namespace redraft::reward
