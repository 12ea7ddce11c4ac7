#pragma once

// What scores whole texts for `edit` and its bench: a reward model, or one with a language model's
// eyes.

#include <functional>
#include <memory>
#include <string>

#include "redraft/base/result.h"
#include "redraft/core/scorer.h"

namespace redraft::cli {

struct OpenedScorer {
  std::shared_ptr<const core::Scorer> scorer;
  /// The first error of a reading, kFailed; scores since then are 0 and mean nothing. Ask before
  /// anything that was scored is used.
  std::function<Status()> status;
};

/// Whether a judge of the command line or of redraft.toml is one that scores one text at a time.
bool IsScorer(const std::string& spec);

/// Opens "reward", "reward:FILE", "reward:lm" or "reward:lm:FILE". With "lm" each text is read by
/// the embedded model that the weights belong to, in this process; what was read is remembered, not
/// recorded: the same text gives the same reading.
/// Errors: kInvalidArgument for another judge; kConfig for a model file, or a language model that
/// is not there or another one.
Result<OpenedScorer> OpenScorer(const std::string& spec);

}  // namespace redraft::cli
