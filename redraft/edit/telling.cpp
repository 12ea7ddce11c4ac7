#include "redraft/edit/rules.h"
#include "redraft/edit/word_classes.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kShortParagraph = 4;  // sentences; the last of fewer closes nothing
constexpr double kPlainWord = -0.15;
constexpr double kEnough = 1.5;
constexpr std::string_view kCategory = "unnecessary_exposition";

double Weight(std::uint8_t kinds) {
  if ((kinds & kTelling) != 0) return (kinds & kAbstract) != 0 ? 1.2 : 0.9;
  if ((kinds & kAbstract) != 0) return 0.8;
  return (kinds & kOrnament) != 0 ? 0.2 : kPlainWord;
}

struct Crowd {
  std::size_t first = 0, last = 0;
  double weight = 0;
  int words = 0;  ///< that tell
};

/// The run of clauses in a sentence that tells most.
Crowd Crowded(const Prose& prose, const Sentence& sentence) {
  const WordClasses& classes = WordClasses::Builtin();
  Crowd best, now{sentence.first, sentence.first};
  for (std::size_t clause = sentence.first; clause < sentence.last;) {
    const std::size_t end = prose.ClauseEnd(clause);
    if (now.weight <= 0) now = {clause, clause};
    for (std::size_t i = clause; i < end; ++i) {
      const std::uint8_t kinds = classes.Of(prose.words()[i].form);
      if ((kinds & (kTelling | kAbstract)) != 0) ++now.words;
      now.weight += Weight(kinds);
    }
    now.last = end;
    if (now.weight > best.weight) best = now;
    clause = end;
  }
  return best;
}

}  // namespace

void FindTelling(const Prose& prose, const Found& phrases, Found& found) {
  const auto& sentences = prose.sentences();
  std::size_t paragraph_begins = 0;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const Sentence& sentence = sentences[i];
    if (i > 0 && sentences[i - 1].ends_paragraph) paragraph_begins = i;
    if (sentence.spoken) continue;
    const Crowd crowd = Crowded(prose, sentence);
    const bool closes = sentence.ends_paragraph && i - paragraph_begins + 1 >= kShortParagraph;
    const std::size_t start = prose.words()[sentence.first].start;
    const std::size_t end = prose.words()[sentence.last - 1].end;
    const Hits hits = HitsIn(phrases, start, end, kCategory);
    if (closes && (crowd.words >= 2 || hits.sure)) {
      found.push_back({start, end, std::string(kCategory),
                       "A closing sentence that says what it all meant; the scene has said it.",
                       hits.sure && hits.count > 1 ? 0.72
                       : hits.sure || hits.other   ? 0.6
                       : hits.count > 0            ? 0.48
                                                   : 0.38});
    }
    if (crowd.words < 3 || crowd.weight < kEnough) continue;
    core::WeakSpan span = SpanOf(prose, crowd.first, crowd.last, std::string(kCategory),
                                 "Tells what to think of it, in words nobody can see or hear.", 0);
    const Hits inside = HitsIn(phrases, span.start, span.end, kCategory);
    if (inside.count == 0) continue;
    span.confidence = inside.sure ? 0.71 : inside.other ? 0.6 : inside.count > 1 ? 0.5 : 0.38;
    found.push_back(std::move(span));
  }
}

}  // namespace redraft::edit
