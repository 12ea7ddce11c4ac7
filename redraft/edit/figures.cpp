#include <algorithm>

#include "redraft/edit/rules.h"
#include "redraft/edit/word_classes.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kLongComparison = 12;  // words
constexpr double kPlainWord = -0.13;         // per word without ornament, so that only crowds count
constexpr double kEnough = 2.2;

bool IsArticle(std::string_view word) { return word == "a" || word == "an" || word == "the"; }

/// "like a …" and "as if …", whatever verb stands before.
bool IsComparison(const Prose& prose, std::size_t at) {
  const auto& words = prose.words();
  if (at + 2 >= words.size() || words[at + 1].gap != Gap::kSpace) return false;
  const std::string_view word = words[at].form, next = words[at + 1].form;
  if (word == "as") return next == "if" || next == "though";
  return word == "like" && IsArticle(next);
}

void FindComparisons(const Prose& prose, Found& found) {
  const auto& words = prose.words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].spoken || !IsComparison(prose, i)) continue;
    const bool as_if = words[i].form == "as";
    std::size_t end = prose.ClauseEnd(i);
    if (end - i > kLongComparison) {
      found.push_back(SpanOf(prose, i, end, "purple_prose",
                             "A long comparison: the thing itself is out of sight.", 0.42));
    } else {
      found.push_back(SpanOf(prose, i, end, "cliche",
                             as_if ? "A comparison that guesses at what the scene could show."
                                   : "A ready-made comparison; the thing itself may be stronger.",
                             as_if ? 0.36 : 0.48));
    }
  }
}

/// The run of clauses in a sentence with most ornament beyond what its length allows.
void FindCrowdedClauses(const Prose& prose, const Sentence& sentence, Found& found) {
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
  if (best < kEnough || best_ornaments < 3) return;
  found.push_back(SpanOf(prose, best_from, best_to, "purple_prose",
                         "Crowded with ornament: keep the one image that works.",
                         std::min(0.65, 0.36 + 0.06 * best)));
}

}  // namespace

core::WeakSpan SpanOf(const Prose& prose, std::size_t first, std::size_t last,
                      std::string category, std::string reason, double confidence) {
  return {prose.words()[first].start, prose.words()[last - 1].end, std::move(category),
          std::move(reason), confidence};
}

void FindFigures(const Prose& prose, Found& found) {
  FindComparisons(prose, found);
  for (const Sentence& sentence : prose.sentences()) {
    if (!sentence.spoken) FindCrowdedClauses(prose, sentence, found);
  }
}

}  // namespace redraft::edit
