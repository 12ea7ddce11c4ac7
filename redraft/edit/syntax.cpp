#include <fmt/format.h>

#include <algorithm>

#include "redraft/edit/rules.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kLongSentence = 38;  // words
constexpr std::size_t kManyClauses = 5;
constexpr std::size_t kShortTail = 4;  // words
constexpr std::size_t kLongTail = 10;

bool IsParticiple(const Word& word) {
  return word.form.size() > 5 && word.form.ends_with("ing") && word.form != "something" &&
         word.form != "nothing" && word.form != "anything" && word.form != "everything" &&
         word.form != "morning" && word.form != "evening" && word.form != "during" &&
         word.form != "including";
}

/// The last clause of a sentence, if it has no verb of its own: ", casting …", ", a …".
void FindTail(const Prose& prose, const Sentence& sentence, Found& found) {
  const auto& words = prose.words();
  std::size_t tail = sentence.last - 1;
  while (tail > sentence.first && words[tail].gap < Gap::kComma) --tail;
  const std::size_t size = sentence.last - tail;
  if (tail == sentence.first || words[tail].gap != Gap::kComma || words[tail].spoken ||
      size < kShortTail) {
    return;
  }
  const std::string_view first = words[tail].form;
  if (first == "a" || first == "an" || first == "the") {
    found.push_back(SpanOf(prose, tail, sentence.last, "unnecessary_exposition",
                           "Names once more, in other words, what the sentence has said.", 0.38));
  } else if (IsParticiple(words[tail])) {
    found.push_back(SpanOf(prose, tail, sentence.last, "sentence_structure",
                           "A participle that trails behind: make it a sentence, or cut it.",
                           size < kLongTail ? 0.42 : 0.38));
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
    FindTail(prose, sentence, found);
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
    found.push_back(SpanOf(
        prose, first, last, "sentence_structure",
        fmt::format("Sentence {} in a row that begins with \"{}\".", run,
                    prose.text().substr(words[first].start, words[first].end - words[first].start)),
        0.42));
  }
}

}  // namespace redraft::edit
