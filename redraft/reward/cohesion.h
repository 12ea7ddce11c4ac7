#pragma once

// Whether sentences belong together: three small sets of features, each for a logistic model of its
// own (experts.h).
//
//   belonging   one sentence against the rest of the text: shared words, names, persons, tense
//   seam        what stands before a cut against what stands behind it: the same, of two sides
//   substance   one sentence alone: does it say anything? (rare words, word length, names)
//
// Paper    Lexical cohesion as in Morris & Hirst 1991 and TextTiling (Hearst 1997), weighted by
// inverse
//          document frequency; persons and tense after Halliday & Hasan 1976.
// Cost     Linear; together about 60 microseconds for 200 words.
// Threads  Pure functions.

#include <array>
#include <cstdint>
#include <vector>

#include "redraft/reward/lexicon.h"
#include "redraft/reward/order.h"

namespace redraft::reward {

inline constexpr std::size_t kBelongingFeatures = 68;
inline constexpr std::size_t kSeamFeatures = 73;
inline constexpr std::size_t kSubstanceFeatures = 14;

using Belonging = std::array<double, kBelongingFeatures>;
using Seam = std::array<double, kSeamFeatures>;
using Substance = std::array<double, kSubstanceFeatures>;

/// One entry per sentence; the place of a sentence does not matter.
std::vector<Belonging> BelongingOf(const SentenceOrder& sentences, const Lexicon& lexicon);

/// The seams between the sentences: entry i is what lies behind the first i + 1 sentences.
std::vector<Seam> SeamsOf(const SentenceOrder& sentences, const Lexicon& lexicon);

Substance SubstanceOf(const Sentence& sentence, const Lexicon& lexicon);

}  // namespace redraft::reward
