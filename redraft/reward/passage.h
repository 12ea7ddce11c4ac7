#pragma once

// A text cut into sentences, with what the order-aware features need to know of each.
//
//   const Passage passage(text);
//   for (const Sentence& sentence : passage.sentences()) …
//
// Cutting   A sentence ends at '.', '!', '?' or '…' with the quotes and brackets behind it, before
//           white space and something that is no small letter, and at every line break. Titles and
//           initials ("Mr.", "J.") end none. text::Sentences is better and uses ICU, whose updates
//           move its cuts: scores must not move with them, hence this one.
// Words     Runs of letters, digits and apostrophes, hyphens inside; folded as features.h says. A
//           stem is the first five code points of a word that is no English function word.
// Cost      Linear; about 50 microseconds for 200 words.
// Threads   Immutable; views into the text, which must outlive it.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace redraft::reward {

/// Who a sentence speaks of: I, we, you, he, she, they and their forms.
inline constexpr std::size_t kPersons = 6;

struct Sentence {
  std::string_view text;
  std::uint64_t identity = 0;           ///< the same for sentences with the same words
  std::vector<std::string_view> forms;  ///< the words as they are written
  std::vector<std::uint64_t> words;     ///< hashes of the folded words
  std::vector<std::uint64_t> classes;  ///< of every token: function words and punctuation stand for
                                       ///< themselves, other words for their ending and capital
  std::vector<std::uint64_t> stems;    ///< sorted, distinct
  std::vector<std::uint64_t> names;  ///< stems of words with a capital that do not open a sentence
  std::vector<std::uint64_t> definite;            ///< stems right behind "the", "this", "that"
  std::uint64_t first = 0, second = 0, last = 0;  ///< classes of words
  std::array<int, kPersons> persons{};
  int past = 0, present = 0;  ///< verb forms of either tense, as far as spelling tells
  int quotes = 0;
  std::size_t letters = 0;  ///< code points in words
  std::size_t function_words = 0;
  bool opens_with_pronoun = false;  ///< he, she, it, they, this, that, … and their forms
  bool opens_with_link = false;     ///< but, and, so, then, …
  bool finished = false;            ///< ends with sentence punctuation or a quote
  int instructions = 0;  ///< words in which writing is asked for: "write", "paragraph", "words", …
};

class Passage {
 public:
  explicit Passage(std::string_view text);

  const std::vector<Sentence>& sentences() const { return sentences_; }
  std::size_t words() const { return words_; }

 private:
  std::vector<Sentence> sentences_;
  std::size_t words_ = 0;
};

}  // namespace redraft::reward
