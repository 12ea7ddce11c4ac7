#pragma once

// Ways to spoil a text: what a reward model must not be fooled by. The trainer learns from them,
// and `redraft bench corruptions` measures with them.
//
// Paper    "AI-Slop to AI-Polish?" (arXiv 2504.07532) trains on edits only; a linear model then
// prefers
//          a text's first half, flat filler and misspellings. Synthetic negatives against that.
// Threads  Pure functions of their arguments.

#include <array>
#include <string>
#include <string_view>

#include "redraft/base/random.h"
#include "redraft/base/result.h"

namespace redraft::reward {

enum class Corruption {
  kSentenceShuffle,  ///< the sentences in another order
  kSentenceSwap,     ///< two neighbouring sentences exchanged
  kSentenceDrop,     ///< one sentence missing
  kWordShuffle,      ///< the words of each sentence in another order
  kWordSalad,        ///< as many words, drawn from both texts
  kTruncation,       ///< the first part, up to a word
  kHalf,             ///< the first half of the sentences
  kRepetition,       ///< one to three sentences said twice
  kTypos,            ///< a letter swapped, lost, doubled or replaced in one word of ten
  kFiller,           ///< two to five flat sentences put in
  kPromptEcho,       ///< the instruction written in front of the text
  kSplice,           ///< the second half taken from another text
  kInsertion,        ///< a run of sentences of another text put in
};
inline constexpr std::size_t kCorruptions = 13;

/// "sentence_shuffle", …
std::string_view NameOf(Corruption kind);
/// Errors: kInvalidArgument for an unknown name, with the known ones.
Result<Corruption> ParseCorruption(std::string_view name);

/// Where the words of fillers and instructions come from: measuring uses others than training does.
enum class FillerStock { kTraining, kHeldOut };

/// The spoilt text; the text itself where there is nothing to spoil (one sentence, one word).
/// `other` is a text on another subject.
std::string Corrupt(Corruption kind, std::string_view text, std::string_view other,
                    FillerStock stock, Rng rng);

/// `sentences` flat sentences that say nothing.
std::string FlatFiller(std::size_t sentences, FillerStock stock, Rng rng);

}  // namespace redraft::reward
