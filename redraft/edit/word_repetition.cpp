#include <fmt/format.h>

#include <unordered_map>

#include "redraft/edit/rules.h"
#include "redraft/text/function_words.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kSoon = 8;       // words
constexpr std::size_t kShortWord = 6;  // letters
constexpr std::size_t kSentence = 5;   // words of a sentence whose repetition counts
constexpr std::size_t kPhrase = 4;     // words of a phrase said again

std::string Form(const Prose& prose, const Word& word) {
  return std::string(prose.text().substr(word.start, word.end - word.start));
}

bool IsContent(const Word& word) {
  return word.form.size() >= kShortWord && !word.capital &&
         (text::FunctionWordLanguages(word.form) & (1U << text::kEnglish)) == 0;
}

std::size_t Mixed(std::size_t hash, std::string_view word) {
  return (hash ^ std::hash<std::string_view>{}(word)) * 0x9E3779B97F4A7C15ULL;
}

void FindWordsAgain(const Prose& prose, Found& found) {
  const auto& words = prose.words();
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].spoken || !IsContent(words[i])) continue;
    const auto [at, fresh] = last.try_emplace(words[i].form, i);
    if (!fresh && i - at->second <= kSoon) {
      found.push_back(SpanOf(
          prose, i, i + 1, "awkward_wording",
          fmt::format("\"{}\" again, {} words on.", Form(prose, words[i]), i - at->second), 0.4));
    }
    at->second = i;
  }
}

void FindSentencesAgain(const Prose& prose, Found& found) {
  std::unordered_map<std::size_t, std::size_t> seen;
  const auto& words = prose.words();
  for (const Sentence& sentence : prose.sentences()) {
    if (sentence.spoken || sentence.size() < kSentence) continue;
    std::size_t hash = 0;
    for (std::size_t i = sentence.first; i < sentence.last; ++i) hash = Mixed(hash, words[i].form);
    if (!seen.emplace(hash, sentence.start).second) {
      found.push_back(SpanOf(prose, sentence.first, sentence.last, "unnecessary_exposition",
                             "The same sentence again.", 0.8));
    }
  }
}

/// Four words or more, two of them content, that stood in the text before.
void FindPhrasesAgain(const Prose& prose, Found& found) {
  const auto& words = prose.words();
  std::unordered_map<std::size_t, std::size_t> seen;
  for (std::size_t i = 0; i + kPhrase <= words.size(); ++i) {
    std::size_t hash = 0;
    int content = 0;
    bool whole = !words[i].spoken;
    for (std::size_t j = i; j < i + kPhrase; ++j) {
      hash = Mixed(hash, words[j].form);
      content += IsContent(words[j]) ? 1 : 0;
      whole = whole && (j == i || words[j].gap == Gap::kSpace);
    }
    if (!whole || content < 2) continue;
    const auto [at, fresh] = seen.emplace(hash, i);
    if (fresh) continue;
    std::size_t end = i + kPhrase;
    const std::size_t shift = i - at->second;
    while (end < words.size() && words[end].gap == Gap::kSpace &&
           words[end].form == words[end - shift].form) {
      ++end;
    }
    found.push_back(SpanOf(prose, i, end, "awkward_wording", "The same phrase again.", 0.42));
    i = end - 1;
  }
}

}  // namespace

void FindRepetition(const Prose& prose, Found& found) {
  FindWordsAgain(prose, found);
  FindSentencesAgain(prose, found);
  FindPhrasesAgain(prose, found);
}

}  // namespace redraft::edit
