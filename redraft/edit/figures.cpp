#include <algorithm>

#include "redraft/edit/rules.h"
#include "redraft/edit/word_classes.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kLongComparison = 12;  // words
constexpr double kPlainWord = -0.08;         // per word without ornament, so that only crowds count
constexpr double kEnough = 0.9;
constexpr int kCrowd = 2;  // words

bool IsArticle(std::string_view word) { return word == "a" || word == "an" || word == "the"; }

/// "like a …" and "as if …", whatever verb stands before.
bool IsComparison(const Prose& prose, std::size_t at) {
  const auto& words = prose.words();
  if (at + 2 >= words.size() || words[at + 1].gap != Gap::kSpace) return false;
  const std::string_view word = words[at].form, next = words[at + 1].form;
  if (word == "as") return next == "if" || next == "though";
  return word == "like" && IsArticle(next);
}

bool HasOrnament(const Prose& prose, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    if ((WordClasses::Builtin().Of(prose.words()[i].form) & kOrnament) != 0) return true;
  }
  return false;
}

void FindComparisons(const Prose& prose, Found& found) {
  const auto& words = prose.words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].spoken || !IsComparison(prose, i)) continue;
    const std::size_t end = prose.ClauseEnd(i);
    const bool as_if = words[i].form == "as";
    if (HasOrnament(prose, i, std::min(end, i + kLongComparison))) {
      found.push_back(SpanOf(prose, i, end, "purple_prose",
                             "A comparison in grand words: the thing itself is out of sight.",
                             as_if ? 0.46 : 0.58));
    } else if (end - i <= kLongComparison) {
      found.push_back(SpanOf(prose, i, end, "cliche",
                             as_if ? "A comparison that guesses at what the scene could show."
                                   : "A ready-made comparison; the thing itself may be stronger.",
                             as_if ? 0.46 : 0.6));
    }
  }
}

/// The run of clauses in a sentence with most ornament beyond what its length allows.
void FindCrowdedClauses(const Prose& prose, const Sentence& sentence, const Found& phrases,
                        Found& found) {
  const auto& words = prose.words();
  const WordClasses& classes = WordClasses::Builtin();
  double sum = 0, best = 0;
  std::size_t from = sentence.first, best_from = 0, best_to = 0;
  int ornaments = 0, best_ornaments = 0;
  for (std::size_t clause = sentence.first; clause < sentence.last;) {
    const std::size_t end = prose.ClauseEnd(clause);
    if (sum <= 0) {
      sum = 0;
      from = clause;
      ornaments = 0;
    }
    for (std::size_t i = clause; i < end; ++i) {
      const std::uint8_t kinds = classes.Of(words[i].form);
      const bool ornament = (kinds & kOrnament) != 0;
      if (ornament) ++ornaments;
      sum += ornament ? 1.0 : (kinds & kAbstract) != 0 ? 0.25 : kPlainWord;
      if (IsComparison(prose, i)) sum += 0.8;
    }
    if (sum > best) {
      best = sum;
      best_from = from;
      best_to = end;
      best_ornaments = ornaments;
    }
    clause = end;
  }
  if (best < kEnough || best_ornaments < kCrowd) return;
  core::WeakSpan span = SpanOf(prose, best_from, best_to, "purple_prose",
                               "Crowded with ornament: keep the one image that works.", 0);
  const Hits hits = HitsIn(phrases, span.start, span.end, span.category);
  span.confidence = hits.sure || hits.other ? 0.71 : hits.count > 0 ? 0.5 : 0.36;
  span.confidence += 0.01 * best;
  found.push_back(std::move(span));
}

}  // namespace

core::WeakSpan SpanOf(const Prose& prose, std::size_t first, std::size_t last, std::string category,
                      std::string reason, double confidence) {
  return {prose.words()[first].start, prose.words()[last - 1].end, std::move(category),
          std::move(reason), confidence};
}

Hits HitsIn(const Found& phrases, std::size_t start, std::size_t end, std::string_view category) {
  constexpr double kSure = 0.7;
  Hits hits;
  for (auto at = std::partition_point(phrases.begin(), phrases.end(),
                                      [&](const auto& phrase) { return phrase.start < start; });
       at != phrases.end() && at->start < end; ++at) {
    ++hits.count;
    if (at->confidence >= kSure) (at->category == category ? hits.sure : hits.other) = true;
  }
  return hits;
}

void FindFigures(const Prose& prose, const Found& phrases, Found& found) {
  FindComparisons(prose, found);
  for (const Sentence& sentence : prose.sentences()) {
    if (!sentence.spoken) FindCrowdedClauses(prose, sentence, phrases, found);
  }
}

}  // namespace redraft::edit
