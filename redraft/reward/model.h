#pragma once

// The reward model: one text in, one number out, no language model needed.
//
// Paper    The character n-gram floor for "AI-Slop to AI-Polish?" (arXiv 2504.07532): L2-normalised
//          TF-IDF of character n-grams (features.h) under a linear Bradley-Terry model, minus the
//          drift of that sum with the length of the text.
// Units    Scores are logits: sigmoid(Score(a) - Score(b)) is the probability that a is the better
//          text. 0 is the median of the reference texts that the model was calibrated on.
// Format   "RDREWARD", u32 version, u32 size of the metadata, metadata (JSON), one cell per hash
//          value (i16 weight, u16 inverse document frequency), 64 hex digits: the SHA-256 of all
//          before them. Little-endian.
// Cost     About 100 microseconds per 200 words; 1 MB of memory at 18 bits.
// Threads  Immutable. Scores are bit-identical on every machine and for any number of threads: sums
//          run in the order of the text over exactly rounded operations.
// Errors   kConfig for a file that is foreign, truncated, damaged, newer, or made for other
// features.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/core/scorer.h"

namespace redraft::reward {

/// Everything a model consists of.
struct RewardModelData {
  /// What one hash value is worth, quantised. The scale of `idf` cancels in the normalisation.
  struct Cell {
    std::int16_t weight = 0;  ///< times weight_scale: logits per unit of normalised TF-IDF
    std::uint16_t idf = 0;

    friend bool operator==(const Cell&, const Cell&) = default;
  };

  std::string name;               ///< e.g. "ngram-1"
  std::vector<Cell> cells;        ///< 2^bits
  double weight_scale = 0;        ///< finite
  double length_slope = 0;        ///< finite; logits per unit of ln(distinct n-grams), taken out
  double bias = 0;                ///< finite; puts 0 at the reference median
  std::vector<double> reference;  ///< quantiles 0, 1, …, 100 % of the reference scores, ascending
  Json provenance;                ///< data, command and cross-validation, for people and reports
};

class RewardModel final : public core::Scorer {
 public:
  /// Takes over data that meets the constraints noted at its members (checked).
  explicit RewardModel(RewardModelData data);

  /// Reads the file format. `origin` names the source in errors.
  static Result<RewardModel> Parse(std::string_view bytes, const std::string& origin);

  /// The model that is part of the program.
  static Result<RewardModel> BuiltIn();

  /// The model as a file.
  std::string Serialize() const;

  /// "reward:<name>@<first 8 digits of the hash of the file>".
  std::string id() const override { return id_; }

  /// A text without a single word gets the lowest reference score.
  double Score(std::string_view text) const override;

  /// Share of reference texts that score lower, in percent, interpolated; 0 to 100.
  double Percentile(double score) const;

  const RewardModelData& data() const { return data_; }

 private:
  RewardModel(RewardModelData data, std::string_view digest);

  RewardModelData data_;
  std::string id_;
};

/// Opens the model a user names: "" or "reward" is the built-in one, "reward:FILE" or "FILE" a
/// file. Errors: kInvalidArgument for a missing file; kConfig as above.
Result<RewardModel> OpenRewardModel(const std::string& name);

}  // namespace redraft::reward
