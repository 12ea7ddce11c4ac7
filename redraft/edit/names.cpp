#include <algorithm>
#include <array>
#include <unordered_set>

#include "redraft/edit/markup_lines.h"
#include "redraft/edit/protect.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr std::array<std::string_view, 14> kNoNames = {
    "i", "i'm", "i'd", "i've", "i'll", "mr", "mrs", "ms", "dr", "mx", "sir", "ok", "tv", "god"};

bool IsCapitalised(std::string_view word) {
  const char first = word.front();
  if (first >= 'A' && first <= 'Z') return true;
  if ((static_cast<unsigned char>(first) & 0x80U) == 0) return false;
  // Folding the first character moves it exactly when it is a capital.
  std::size_t end = 0;
  text::NextCodePoint(word, end);
  const std::string folded = text::Normalise(word.substr(0, end));
  return !folded.empty() && folded != word.substr(0, end);
}

/// Whether a word begins a sentence inside the sentence: behind an opening quote, a colon, a dash.
bool Opens(std::string_view before) {
  before = before.substr(0, before.find_last_not_of(' ') + 1);
  if (before.empty()) return true;
  for (const std::string_view mark : {"\"", "\u201C", "\u2018", "'", "(", ":", "\u2014", "\u2013",
                                      "\u2026", "...", "[", "*", "_"}) {
    if (before.ends_with(mark)) return true;
  }
  return false;
}

std::string ProseOf(std::string_view text) {
  std::string prose;
  for (const Line& line : MarkupLines(text)) {
    if (line.kind == LineKind::kProse) {
      prose.append(text, line.body, line.end - line.body);
    } else {
      prose += "\n\n";
    }
  }
  return prose;
}

}  // namespace

std::string_view WithoutPossessive(std::string_view word) {
  for (const std::string_view ending : {"'s", "\u2019s"}) {
    if (word.ends_with(ending)) return word.substr(0, word.size() - ending.size());
  }
  return word;
}

std::vector<std::string> Names(std::string_view text) {
  const std::string prose = ProseOf(text);
  std::unordered_set<std::string_view> small;
  for (const std::string_view word : text::Words(prose)) {
    if (!IsCapitalised(word)) small.insert(word);
  }
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (const std::string_view sentence : text::Sentences(prose)) {
    for (const std::string_view form : text::Words(sentence)) {
      const auto before = static_cast<std::size_t>(form.data() - sentence.data());
      const std::string_view word = WithoutPossessive(form);
      if (word.empty() || !IsCapitalised(word) || Opens(sentence.substr(0, before))) continue;
      const std::string folded = text::Normalise(word);
      if (std::find(kNoNames.begin(), kNoNames.end(), folded) != kNoNames.end()) continue;
      // A word in capitals that the text has in small letters, too, is shouted.
      const bool shouted = word.size() > 1 && std::none_of(word.begin(), word.end(), [](char c) {
                             return c >= 'a' && c <= 'z';
                           });
      if (shouted && small.contains(folded)) continue;
      if (seen.emplace(word).second) names.emplace_back(word);
    }
  }
  return names;
}

}  // namespace redraft::edit
