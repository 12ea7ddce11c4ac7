#pragma once

// What is compared with what, and how it is cut for cross-validation: the design of a training run.
//
// Folds    One editor at a time is left out; one group, where editors are unknown; one of ten
// random
//          parts, where there are more than 30 of them. A training set shares no text and no stated
//          group with the fold that is left out.
// Scores   Each scored text is compared with up to four others of its group that have another
// score.
//          Ungrouped scores are dealt to ten groups first, so that folds can be left out without
//          losing most comparisons to shared texts.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/reward/dataset.h"
#include "redraft/reward/pairwise_logistic.h"

namespace redraft::reward {

/// A comparison with what cross-validation must know about it.
struct Judged {
  Comparison texts;  ///< positions in Design::texts()
  std::string group;
  std::size_t fold = 0;  ///< Design::folds() when it is never held out
};

/// All texts once, the comparisons between them, and the folds. Views into the data, which must
/// outlive it.
class Design {
 public:
  Design(const Dataset& data, std::uint64_t seed);

  const std::vector<std::string_view>& texts() const { return texts_; }
  const std::vector<Judged>& judged() const { return judged_; }
  std::size_t folds() const { return folds_; }

  /// The first so many comparisons are held out in turn and evaluated: the pairs, or, if there are
  /// none, the comparisons of scores.
  std::size_t evaluated() const { return evaluated_; }

  /// Comparisons that may be trained on when `fold` is left out.
  std::vector<Comparison> TrainingSet(std::size_t fold) const;

  /// Parallel to the texts: those that comparisons or stated groups connect have the same number.
  std::vector<std::size_t> Families() const;

 private:
  std::size_t Intern(std::string_view text);
  void CompareScores(const std::vector<ScoredText>& scores, Rng rng,
                     std::vector<std::string>& fold_keys);
  void AssignFolds(const std::vector<std::string>& keys, Rng rng);

  std::unordered_map<std::string_view, std::size_t> ids_;
  std::vector<std::string_view> texts_;
  std::vector<Judged> judged_;
  std::size_t evaluated_ = 0;
  std::size_t folds_ = 0;
};

}  // namespace redraft::reward
