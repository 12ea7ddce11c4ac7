#pragma once

// Weak spans found without a language model: instant, private.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/edit.h"
#include "redraft/core/scorer.h"
#include "redraft/edit/protect.h"

namespace redraft::edit {

struct DetectOptions {
  std::vector<std::string> only;  ///< category ids; empty: all
  double min_confidence = 0;
};

/// Weak spans of `text`, sorted by start, disjoint, none touching a protected part. Means: lexicons
/// of our own (data/edit), repetition, rhythm, tense and syntax rules, and, where `reward` is
/// given, the loss of reward per sentence.
/// Cost  linear in the text; 1 MB of prose takes under a second without and with the reward.
std::vector<core::WeakSpan> Detect(std::string_view text, const DetectOptions& options,
                                   const core::Scorer* reward = nullptr);

}  // namespace redraft::edit
