#pragma once

// Keeps a reply within core::LengthControl while it is being written.
//
// Schedule   Let w be the words so far, t the target, m the maximum (1.25 t when there is none).
//            Before min_words the end is forbidden. From t on, each time the text stands at the end
//            of a sentence, the engine ends it with the chance
//                h(w) = 1/4 + 3/4 * (w - t) / (m - t),   at most 1
//            on top of the model's own, that is, it adds to the end-of-text logit the bias that
//            makes P(end) = h + (1 - h) * p. A greedy reply ends when h >= 1/2. The word after the
//            m-th ends the reply: it is cut after its last whole sentence of at least min_words, or
//            after word m when there is none.
// Sentence   ends with . ! ? … or their full-width kin, and closing quotes; not inside an open
//            quotation, after an initial or a title ("Mr."), or between digits.
// Word       a run between white space or dashes that holds a letter or a digit.
// Cost       linear in the bytes appended.

#include <cstddef>
#include <string>
#include <string_view>

#include "redraft/core/request.h"

namespace redraft::gguf {

class LengthController {
 public:
  explicit LengthController(const core::LengthControl& limits) : limits_(limits) {}

  /// Follows the reply; pieces may cut UTF-8 characters anywhere.
  void Append(std::string_view piece);

  int words() const { return words_; }
  bool MayEnd() const { return words_ >= limits_.min_words; }
  /// h(w) of the schedule; 0 where the text does not stand at a sentence end.
  double EndChance() const;
  /// The reply holds more than max_words.
  bool Over() const { return limits_.max_words > 0 && words_ > limits_.max_words; }

  struct Cut {
    std::size_t bytes = 0;         ///< how much of the reply to keep
    bool whole_sentences = false;  ///< false: it ends in the middle of a sentence
  };
  /// Where a reply that must stop now is to be cut.
  Cut CutHere() const;

 private:
  void OnCharacter(char32_t c, std::size_t end);
  bool AtSentenceEnd() const { return ended_ && !quote_open_ && curly_depth_ == 0; }

  core::LengthControl limits_;
  std::string partial_;    ///< first bytes of a character that is not complete yet
  std::size_t bytes_ = 0;  ///< complete characters so far
  int words_ = 0;
  bool word_counted_ = false;  ///< the current run holds a letter or digit
  std::string last_word_;      ///< ASCII letters of the current run, lower case
  char32_t previous_ = 0;
  bool ended_ = false;            ///< a terminator, then nothing but closing marks and space
  bool quote_open_ = false;       ///< inside "straight" quotes
  int curly_depth_ = 0;           ///< inside “curly” quotes
  std::size_t text_end_ = 0;      ///< after the last character that is not white space
  std::size_t sentence_end_ = 0;  ///< after the last whole sentence within the limits
  std::size_t limit_end_ = 0;     ///< after word max_words and its punctuation
};

}  // namespace redraft::gguf
