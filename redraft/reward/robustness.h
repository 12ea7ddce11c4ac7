#pragma once

// What a scorer can be fooled with: corrupted texts, texts that say nothing, and a climber that
// edits for the score alone.
//
// Paper    Reward over-optimisation: Gao, Schulman & Hilton 2023; for writing, "AI-Slop to
// AI-Polish?"
//          (arXiv 2504.07532), whose notebook edits twice and beats the expert.
// Threads  Texts run in parallel; results do not depend on how many threads there are.

#include <array>
#include <string>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/core/scorer.h"
#include "redraft/reward/corruption.h"

namespace redraft::reward {

/// How often a text is preferred to its corruption; ties count half.
struct Robustness {
  std::size_t texts = 0;
  double compared = 0;  ///< share, by Scorer::Compare
  double scored = 0;    ///< share, by Scorer::Score
};

/// Every kind on every text that has at least four sentences, with held-out fillers; foreign
/// sentences come from the other texts.
std::array<Robustness, kCorruptions> MeasureRobustness(const core::Scorer& scorer,
                                                       const std::vector<std::string>& texts,
                                                       Rng rng, unsigned threads = 0);

/// Scores of `count` texts of about 200 words that say nothing: flat sentences, and the same four
/// over and over.
std::vector<double> ScoreEmptiness(const core::Scorer& scorer, std::size_t count, Rng rng,
                                   unsigned threads = 0);

struct Climb {
  double start = 0, end = 0;  ///< scores
  std::size_t accepted = 0;   ///< steps that raised the score
  std::string text;
};

/// Edits one text for its score alone: each step deletes, duplicates or exchanges sentences,
/// shuffles them all, or puts in or replaces one by a sentence of `pool`; what raises the score is
/// kept.
Climb ClimbScore(const core::Scorer& scorer, std::string_view text,
                 const std::vector<std::string>& pool, std::size_t steps, Rng rng);

}  // namespace redraft::reward
