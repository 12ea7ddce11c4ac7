#pragma once

// The probability that a reply starts with one of a few labels, from one row of logits.
//
// Counted  For a label: every token that spells it exactly, with or without leading white space
//          ("A", " A", "\nA"; case counts), and the first token of the label's usual spellings when
//          one token does not hold it ("Neither" -> "Ne"). Probabilities are of the whole
//          vocabulary, so their sum, the mass, tells how much the model wanted to answer with a
//          label at all.

#include <span>
#include <string>
#include <vector>

#include "redraft/gguf/model.h"

namespace redraft::gguf {

class LabelSet {
 public:
  /// Errors: kInvalidArgument when there are fewer than two labels, one is empty or twice there, or
  /// two begin with the same token.
  static Result<LabelSet> Make(const Model& model, const std::vector<std::string>& labels);

  /// One probability per label, in the order given.
  std::vector<double> Probabilities(std::span<const float> logits) const;

 private:
  std::vector<std::vector<Token>> tokens_;  ///< per label
};

}  // namespace redraft::gguf
