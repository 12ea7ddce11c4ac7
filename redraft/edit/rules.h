#pragma once

// What can be told from the build of sentences, one rule per file. Each rule adds the spans that it
// finds; they may overlap. What people say is left alone: it is their voice.
//
// Units  confidence: about the share of such a span that professional editors changed in the
//        training drafts of LAMP (where the average over all text is 0.21).
// Cost   linear in the text.

#include <string>
#include <vector>

#include "redraft/core/edit.h"
#include "redraft/core/scorer.h"
#include "redraft/edit/prose.h"

namespace redraft::edit {

using Found = std::vector<core::WeakSpan>;

/// The span from the first to behind the last of the words [first, last).
core::WeakSpan SpanOf(const Prose& prose, std::size_t first, std::size_t last, std::string category,
                      std::string reason, double confidence);

/// Phrases of the lists inside a stretch of text: what makes a suspicion a finding.
struct Hits {
  int count = 0;
  bool sure = false;   ///< there is one of high confidence and the category asked for
  bool other = false;  ///< there is one of high confidence and another category
};

/// `phrases` are sorted by start; those count that begin in [start, end).
Hits HitsIn(const Found& phrases, std::size_t start, std::size_t end, std::string_view category);

/// Comparisons ("like a …", "as if …") and runs of clauses crowded with ornament.
void FindFigures(const Prose& prose, const Found& phrases, Found& found);

/// Closing sentences that sum up, and clauses crowded with abstractions.
void FindTelling(const Prose& prose, const Found& phrases, Found& found);

/// Sentences that run on, and participles that trail behind one.
void FindSprawl(const Prose& prose, Found& found);

/// Neighbouring sentences that begin alike.
void FindSameOpenings(const Prose& prose, Found& found);

/// Words that come back too soon, phrases and sentences said again.
void FindRepetition(const Prose& prose, Found& found);

/// Verbs that leave the tense of the story.
void FindTenseSlips(const Prose& prose, Found& found);

/// Sentences that hold several phrases of the lists and without which `reward` likes the passage
/// around them better: of nine sentences the one with most phrases is asked about.
/// Cost     two Scores of such a passage.
/// Threads  scores on all cores.
void FindRewardLoss(const Prose& prose, const core::Scorer& reward, const Found& phrases,
                    Found& found);

}  // namespace redraft::edit
