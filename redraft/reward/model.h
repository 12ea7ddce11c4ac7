#pragma once

// The reward model: one text in, one number out; two texts in, the odds that the first is better.
// No language model needed.
//
//   REDRAFT_ASSIGN(const RewardModel model, RewardModel::BuiltIn());
//   const double logit = model.Compare(edited, draft);   // > 0: `edited` is better
//
// Paper    The character n-gram floor for "AI-Slop to AI-Polish?" (arXiv 2504.07532) is one of
// thirteen
//          signals (experts.h); the others see what it cannot: order, cohesion, filler, repetition,
//          misspelling, missing parts. What a signal is worth depends on what the two texts are to
//          each other (relation.h).
// Units    Logits. Compare(a, b) = -Compare(b, a) to the last bit. Score is Compare's scale for
//          unrelated texts: there sigmoid(Score(a) - Score(b)) is the probability that a is the
//          better one. 0 is the median of the reference texts that the model was calibrated on.
// Format   "RDREWARD", u32 version, u32 size of the metadata, metadata (JSON), then per character
//          n-gram cell i16 weight and u16 inverse document frequency, 65,536 bytes of rarities,
//          2^18 i16 weights of order patterns, 2^16 of wording patterns; at the end 64 hex digits:
//          the SHA-256 of all before them. Little-endian.
// Cost     Under a millisecond per 200 words; 2 MB of memory at 18 bits.
// Threads  Scores are immutable; the texts measured last are kept, behind a lock, for the next
//          comparison. Scores are bit-identical on every machine and for any number of threads:
//          sums run in the order of the text over exactly rounded operations.
// Errors   kConfig for a file that is foreign, truncated, damaged, of another version, or made for
//          other features.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/core/scorer.h"
#include "redraft/reward/contrast.h"
#include "redraft/reward/heads.h"

namespace redraft::reward {

/// Everything a model consists of.
struct RewardModelData {
  std::string name;  ///< e.g. "full-1"
  Experts experts;
  std::array<Head, kRelations> heads{};  ///< logits per unit of each signal, by relation
  Signals typical{};                     ///< mean signals of the reference texts
  double bias = 0;                       ///< finite; puts 0 at the reference median
  /// Quantiles 0, 1, …, 100 % of the scores of reference texts, ascending: of all, of the better
  /// and of the worse texts of the training pairs.
  std::array<std::vector<double>, 3> references;
  Json provenance;  ///< data, command and cross-validation, for people and reports
};

enum class Reference { kAll, kBetter, kWorse };

/// Why a text scores as it does.
struct Explanation {
  /// Per signal, its part of the score against a typical reference text, in logits.
  Signals parts{};
  /// Per sentence of Passage(text), with where it begins and ends in bytes.
  struct SentencePart {
    std::size_t begin = 0, end = 0;
    SentenceView view;
  };
  std::vector<SentencePart> sentences;
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

  double Compare(std::string_view a, std::string_view b) const override;

  Explanation Explain(std::string_view text) const;

  /// Share of reference texts that score lower, in percent, interpolated; 0 to 100.
  double Percentile(double score, Reference among = Reference::kAll) const;

  const RewardModelData& data() const { return data_; }

 private:
  class Memory;
  RewardModel(RewardModelData data, std::string_view digest);

  RewardModelData data_;
  std::string id_;
  std::shared_ptr<Memory> memory_;  ///< texts measured last
};

/// Opens the model a user names: "" or "reward" is the built-in one, "reward:FILE" or "FILE" a
/// file. Errors: kInvalidArgument for a missing file; kConfig as above.
Result<RewardModel> OpenRewardModel(const std::string& name);

}  // namespace redraft::reward
