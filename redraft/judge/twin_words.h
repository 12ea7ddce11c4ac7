#pragma once

// The words with which damaged twins (twins.h) are made: our own, and no others' fillers, so that a
// model that was trained on some stock of fillers meets another one here.

#include <span>
#include <string_view>

namespace redraft::judge {

/// What a lower-case word becomes; empty: it stays.
std::string_view WrongForm(std::string_view word);     ///< was → were, a → an, named → nam,
                                                       ///< years → year
std::string_view WrongPronoun(std::string_view word);  ///< she → they, my → his

bool IsVerbForm(std::string_view word);    ///< of the common verbs
bool IsDeterminer(std::string_view word);  ///< a noun follows soon: the, a, his, …
bool IsNumberWord(std::string_view word);

std::span<const std::string_view> StockSentences();   ///< clichés, two to fourteen words
std::span<const std::string_view> MoralSentences();   ///< endings that explain
std::span<const std::string_view> SentenceTags();     ///< "when all is said and done"
std::span<const std::string_view> PlainAdjectives();  ///< begin with a consonant
std::span<const std::string_view> EmptyAdverbs();     ///< "really", "quite"

}  // namespace redraft::judge
