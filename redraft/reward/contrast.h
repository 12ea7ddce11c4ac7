#pragma once

// Two texts side by side: the differences of their signals, and what only the two together show.
//
//   const Measured a(text_a, experts), b(text_b, experts);
//   const Contrast contrast = Compare(a, b, experts);   // relation, and signals of a minus b
//
// Side by side  In a cut, belonging and substance are those of the sentences that one text has and
// the
//               other has not, each seen against what both share; seams is the bond between those
//               sentences and the others; length is the share of them with which the text ends (the
//               other stops early), content minus the share that looks put in. In a splice,
//               belonging is the bond between what each text has alone and what they share. In a
//               revision, spelling is the number of words that are one letter off a word of the
//               other text and look like no known word; of spelling and wording only what is more
//               than editing makes counts, of content, cohesion and the order of sentences nothing.
// Cost          Under a millisecond per 200 words.
// Threads       Pure functions; exactly antisymmetric.

#include <string_view>

#include "redraft/reward/experts.h"
#include "redraft/reward/relation.h"

namespace redraft::reward {

/// A text and its signals. The text must outlive it.
struct Measured {
  Measured(std::string_view source, const Experts& experts)
      : text(source), passage(source), signals(Measure(passage, source, experts)) {}

  std::string_view text;
  Passage passage;
  Signals signals;
};

struct Contrast {
  Relation relation = Relation::kUnrelated;
  Signals difference{};  ///< of a minus b
};

Contrast Compare(const Measured& a, const Measured& b, const Experts& experts);

}  // namespace redraft::reward
