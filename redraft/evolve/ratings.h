#pragma once

// Ratings of a set of drafts from their verdicts: the plain Elo replay and the joint Bradley–Terry
// fit, with what the fit says about the judge.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redraft/core/draft.h"
#include "redraft/core/verdict.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/store/ledger.h"

namespace redraft::evolve {

/// Verdicts as outcomes over the drafts that passed the gates, numbered in their order. Verdicts
/// without an answer and those on other texts are left out.
struct JudgedDrafts {
  std::vector<std::string> ids;
  std::vector<rank::Outcome> outcomes;
};
/// `slots`: verdicts name the text shown first as `a`.
JudgedDrafts OutcomesOf(std::span<const core::Draft> drafts,
                        std::span<const core::Verdict> verdicts, bool slots);

struct RatedDrafts {
  std::vector<store::Rating> ratings;       ///< in the order of the drafts; gated ones left out
  std::optional<rank::Coefficient> slot;    ///< first-slot advantage in logits
  std::optional<rank::Coefficient> length;  ///< logits per unit of log length ratio
};

/// What the verdicts are known to carry, and what is to be fitted.
struct RateOptions {
  bool slots = true;    ///< verdicts name the text shown first as `a`: fit the slot
  bool length = false;  ///< fit the judge's taste for length too
};

/// Rates the drafts that passed the gates by OutcomesOf. Errors: as rank::FitBradleyTerry.
Result<RatedDrafts> RateDrafts(std::span<const core::Draft> drafts,
                               std::span<const core::Verdict> verdicts,
                               const RateOptions& options = {});

}  // namespace redraft::evolve
