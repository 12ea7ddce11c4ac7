#pragma once

// The small words that join the others. Prose in any European language is a third to a half
// function words; word salad, lists, code and mashed keys are not, whatever they are made of.

#include <string_view>

namespace redraft::text {

/// Languages whose function words are known; English is language 0.
inline constexpr int kLanguages = 17;
inline constexpr int kEnglish = 0;

/// A bit for each language in which `word` (normalised, words.h) is a function word.
unsigned FunctionWordLanguages(std::string_view word);

/// Whether at least an eighth of the words of `text` are English function words (English prose has
/// a third to a half); always true of fewer than eight words, which tell nothing.
bool LooksEnglish(std::string_view text);

}  // namespace redraft::text
