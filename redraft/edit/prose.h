#pragma once

// A text as the detectors see it: words, sentences and paragraphs with where they stand.
//
// Words     Runs of letters and digits, with apostrophes and hyphens inside: "don't", "well-worn".
//           Folded: ASCII letters small, the typographic apostrophe plain.
// Cost      linear; a megabyte in about 60 ms.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/edit/markup_lines.h"

namespace redraft::edit {

/// The strongest mark between a word and the one before it.
enum class Gap : unsigned char {
  kSpace,
  kComma,
  kClause,  ///< ; : – — -- ( ) …
  kStop,    ///< the word opens a sentence
};

struct Word {
  std::size_t start = 0;  ///< bytes of the text
  std::size_t end = 0;
  std::string_view form;  ///< folded
  Gap gap = Gap::kSpace;
  bool spoken = false;   ///< stands between quotation marks
  bool capital = false;  ///< begins with a capital letter of ASCII
  std::size_t sentence = 0;
};

struct Sentence {
  std::size_t start = 0;  ///< bytes of the text, quotation marks and full stop included
  std::size_t end = 0;
  std::size_t first = 0;  ///< words
  std::size_t last = 0;   ///< one past
  std::size_t paragraph = 0;
  bool ends_paragraph = false;
  bool spoken = false;  ///< more than half of its words are

  std::size_t size() const { return last - first; }
};

class Prose {
 public:
  /// Reads what is prose of a text: no headings, code, quotations, tables.
  explicit Prose(std::string_view text);
  Prose(const Prose&) = delete;
  Prose& operator=(const Prose&) = delete;

  std::string_view text() const { return text_; }
  const std::vector<Word>& words() const { return words_; }
  const std::vector<Sentence>& sentences() const { return sentences_; }

  /// One past the last word of the clause in which the word `at` stands: up to the next comma or
  /// stronger mark.
  std::size_t ClauseEnd(std::size_t at) const { return clause_ends_[at]; }

 private:
  void ReadParagraph(std::size_t start, std::size_t end);
  void ReadSentence(std::size_t start, std::size_t end);

  std::string_view text_;
  std::string folded_;  ///< all forms, one behind the other
  std::vector<Word> words_;
  std::vector<Sentence> sentences_;
  std::vector<std::size_t> clause_ends_;  ///< of every word
  std::size_t paragraphs_ = 0;
  bool speech_ = false;  ///< inside quotation marks
};

}  // namespace redraft::edit
