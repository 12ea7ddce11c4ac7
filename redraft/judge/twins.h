#pragma once

// Damaged twins: a good passage made worse in a known way and to a known degree, at the same
// length, so that a judge's answer cannot come from counting words.
//
//   const std::string worse = DamagedTwin(Damage::kVague, 2, "salt-tax", passage, another);
//
// Grades   1 can be missed, 3 cannot. Of one passage and kind the higher grade damages more.
// Length   Kinds that put words in take sentences out, as near to the same number of words as they
//          come. Where that leaves more than 2.5 % between them, a few adverbs are put in or words
//          left out, up to a length drawn within 2.5 % of the passage's, to either side alike.
//          Of ten twins that could be made the one is taken whose words and bytes come nearest to
//          numbers drawn around the passage's, so that characters tell nothing either.
// Threads  Pure functions of their arguments: the same bytes on every machine.

#include <string>
#include <string_view>

namespace redraft::judge {

enum class Damage {
  kWordOrder,      ///< words exchange places within a clause
  kSentenceOrder,  ///< sentences exchange places
  kVague,          ///< nouns become "thing", "place", …; numbers become "some"
  kStock,          ///< sentences give way to stock phrases
  kGrammar,        ///< tense, agreement and articles break
  kRepetition,     ///< sentences give way to others said again
  kSplice,         ///< a run of sentences gives way to one of another passage
  kPadding,        ///< wordy tags at sentence ends, paid for with sentences
  kAdjectives,     ///< adjectives piled up before nouns, paid for with sentences
  kPronouns,       ///< he, she, they, it, I change places
  kEnding,         ///< the ending gives way to a moral
};
inline constexpr int kDamages = 11;
inline constexpr int kGrades = 3;

/// "word_order", …
std::string_view NameOf(Damage kind);

/// The twin of `text`, of which `id` is the name; differs from it in at least one word. `other` is
/// a passage on another subject. `grade` is 1, 2 or 3.
std::string DamagedTwin(Damage kind, int grade, std::string_view id, std::string_view text,
                        std::string_view other);

}  // namespace redraft::judge
