#pragma once

// What tells a text in its own order from the same sentences or words in another: hashed patterns
// of sentences (what opens and closes a text, what follows what, first mentions) and of words
// (which classes of words stand side by side).
//
// Paper    Entity and discourse coherence as in Barzilay & Lapata 2008 (first mentions,
// transitions)
//          and Elsner & Charniak 2008 (definite and indefinite first mentions, pronouns), with a
//          linear model over hashed patterns instead of an entity grid.
// Units    Pattern sums are divided by the square root of the number of sentences (words), so that
//          texts of different length are comparable.
// Cost     Linear in the text; about 150 microseconds for 200 words.
// Threads  Pure functions.

#include <cstdint>
#include <vector>

#include "redraft/reward/pairwise_logistic.h"
#include "redraft/reward/passage.h"

namespace redraft::reward {

/// Sentences in the order in which they are read; the same one may occur twice.
using SentenceOrder = std::vector<const Sentence*>;
SentenceOrder OrderOf(const Passage& passage);

inline constexpr unsigned kOrderBits = 18;
inline constexpr unsigned kWordingBits = 16;

/// Patterns that depend on the order of the sentences; indices below 2^kOrderBits, sorted,
/// distinct.
SparseVector OrderPatterns(const SentenceOrder& sentences);

/// Pairs and triples of neighbouring word classes inside sentences; indices below 2^kWordingBits.
SparseVector WordingPatterns(const SentenceOrder& sentences);

}  // namespace redraft::reward
