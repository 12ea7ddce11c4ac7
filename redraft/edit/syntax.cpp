#include <algorithm>
#include <fmt/format.h>

#include "redraft/edit/rules.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kLongSentence = 38;  // words
constexpr std::size_t kManyClauses = 5;
constexpr std::size_t kShortTail = 4;  // words

bool IsParticiple(const Word& word) {
  return word.form.size() > 5 && word.form.ends_with("ing") && word.form != "something" &&
         word.form != "nothing" && word.form != "anything" && word.form != "everything" &&
         word.form != "morning" && word.form != "evening" && word.form != "during" &&
         word.form != "including";
}

bool IsPossessive(std::string_view word) {
  return word == "his" || word == "her" || word == "its" || word == "it's" || word == "their" ||
         word == "my" || word == "our";
}

/// ", casting …" or ", its edges fraying …": a clause without a verb of its own, hung on behind.
bool TrailsAt(const Prose& prose, std::size_t at) {
  const auto& words = prose.words();
  if (IsParticiple(words[at])) return true;
  if (!IsPossessive(words[at].form)) return false;
  for (std::size_t i = at + 1; i < std::min(at + 4, words.size()); ++i) {
    if (words[i].gap != Gap::kSpace) return false;
    if (i > at + 1 && (IsParticiple(words[i]) || words[i].form.ends_with("ed"))) return true;
  }
  return false;
}

void FindTails(const Prose& prose, const Sentence& sentence, Found& found) {
  const auto& words = prose.words();
  for (std::size_t i = sentence.first + 1; i < sentence.last; ++i) {
    if (words[i].gap != Gap::kComma || words[i].spoken || !TrailsAt(prose, i)) continue;
    if (sentence.last - i < kShortTail) return;
    // The tail counts when nothing but more of it follows.
    found.push_back(SpanOf(prose, i, prose.ClauseEnd(i), "sentence_structure",
                           "A clause that trails behind the sentence: make it a sentence, or cut it.",
                           prose.ClauseEnd(i) == sentence.last ? 0.34 : 0.28));
    i = prose.ClauseEnd(i) - 1;
  }
}

}  // namespace

void FindSprawl(const Prose& prose, Found& found) {
  const auto& words = prose.words();
  for (const Sentence& sentence : prose.sentences()) {
    if (sentence.spoken) continue;
    std::size_t clauses = 1;
    for (std::size_t i = sentence.first + 1; i < sentence.last; ++i) {
      if (words[i].gap >= Gap::kComma) ++clauses;
    }
    if (sentence.size() >= kLongSentence && clauses >= kManyClauses) {
      found.push_back(SpanOf(
          prose, sentence.first, sentence.last, "sentence_structure",
          fmt::format("A sentence of {} words in {} clauses: split it.", sentence.size(), clauses),
          0.27));
    }
    FindTails(prose, sentence, found);
  }
}

void FindSameOpenings(const Prose& prose, Found& found) {
  constexpr std::size_t kRun = 3;
  const auto& sentences = prose.sentences();
  const auto& words = prose.words();
  std::size_t run = 1;
  for (std::size_t i = 1; i < sentences.size(); ++i) {
    const bool same = sentences[i].paragraph == sentences[i - 1].paragraph &&
                      !sentences[i].spoken && !words[sentences[i].first].spoken &&
                      words[sentences[i].first].form == words[sentences[i - 1].first].form;
    run = same ? run + 1 : 1;
    if (run < kRun) continue;
    const std::size_t first = sentences[i].first;
    const std::size_t last = std::min(first + 3, prose.ClauseEnd(first));
    found.push_back(SpanOf(prose, first, last, "sentence_structure",
                           fmt::format("The {}th sentence in a row that begins with \"{}\".", run,
                                       prose.text().substr(words[first].start,
                                                           words[first].end - words[first].start)),
                           0.27));
  }
}

}  // namespace redraft::edit
