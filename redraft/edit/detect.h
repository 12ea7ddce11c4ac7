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
  /// Spans below are left out. On the training drafts of LAMP editors changed about half of the
  /// bytes of spans at 0.7, a third at 0.5 and, as of any text, a fifth to a quarter below 0.4.
  double min_confidence = 0.4;
};

/// Weak spans of `text`, sorted by start, disjoint, none touching a protected part; of those that
/// overlap the surest is kept. Means: lexicons of our own (data/edit), repetition, rhythm, tense
/// and syntax rules, and, where `reward` is given, the loss of reward per sentence. What people
/// say in a story is left alone: it is their voice.
/// Cost     linear in the text; docs/performance.md has figures. The reward is asked about one
///          sentence in nine at most.
/// Threads  may be called at once.
std::vector<core::WeakSpan> Detect(std::string_view text, const DetectOptions& options,
                                   const core::Scorer* reward = nullptr);

}  // namespace redraft::edit
