#pragma once

// Anything that gives one text one number: reward models, rules.

#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft::core {

/// A pointwise judge of writing. Scores are in logits: sigmoid(Score(a) - Score(b)) is the
/// probability that a is the better text.
/// Threads  Score may be called from several threads at once.
class Scorer {
 public:
  virtual ~Scorer() = default;
  /// Name and version on record, e.g. "reward:ngram-1@3f2a".
  virtual std::string id() const = 0;
  virtual double Score(std::string_view text) const = 0;
  /// Log-odds that `a` is better than `b`; Compare(a, b) = -Compare(b, a). A scorer that sees more
  /// in two texts than in each alone may know better than the difference of their scores.
  virtual double Compare(std::string_view a, std::string_view b) const {
    return Score(a) - Score(b);
  }
};

}  // namespace redraft::core
