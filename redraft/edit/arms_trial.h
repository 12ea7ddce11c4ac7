#pragma once

// What choosing among revisions is worth, told by a referee who did not choose.
//
// Paper   Chakrabarty et al., "AI-Slop to AI-Polish?" (arXiv 2504.07532), §5, where experts are the
//         referees. A reward model that referees its own choice proves nothing; two that see
//         different things in a text can check each other.

#include <string>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/core/scorer.h"
#include "redraft/edit/price.h"
#include "redraft/stats/intervals.h"

namespace redraft::edit {

/// A draft and revisions of it that passed the gates.
struct Trial {
  std::string draft;
  std::vector<std::string> revisions;
};

/// How often the referee prefers the first of two texts; the same text twice is half a preference.
struct Preference {
  double share = 0;
  stats::Interval interval;  ///< 95 %, bootstrap over drafts
};

struct ArmsReport {
  std::size_t drafts = 0;
  std::size_t stayed = 0;  ///< no revision was worth more than the draft: "best" is the draft
  Preference best_over_draft, best_over_random, random_over_draft;
  /// Words of an arm over words of the draft, geometric mean.
  double best_length = 1, random_length = 1;
  double best_distance = 0, random_distance = 0;  ///< price.h, mean
};

/// Of each draft: `chooser` chooses the revision worth most at these prices, and one is drawn at
/// random (the draft itself where there are none); `referee` compares.
ArmsReport MeasureArms(const std::vector<Trial>& trials, const core::Scorer& chooser,
                       const core::Scorer& referee, const Prices& prices, const Rng& rng);

}  // namespace redraft::edit
