#pragma once

// What a model answers, made to fit the place it is for.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/edit.h"

namespace redraft::edit {

/// A span and its surroundings.
///
/// Fit takes off what is not the answer: chatter, fences, labels, brackets, lines after the first
/// (of a span that is one line), the words before and after the span that the model repeats. Then
/// it gives the answer the span's outside: white space at both ends, quotation marks around it,
/// a capital where a sentence begins and none inside one (names and "I" keep theirs; names that the
/// text writes with a capital only get it back), the mark at the end, the text's kind of quotation
/// marks, apostrophes and line breaks.
///
/// The answer "DELETE" deletes: with a whole sentence goes the space behind it (before it at the
/// end of a paragraph), with a part of one the space before it.
class Seam {
 public:
  /// `text` must outlive the seam; `names` are Names(text) (protect.h).
  Seam(std::string_view text, core::WeakSpan span, const std::vector<std::string>& names);

  /// The edit that `reply` asks for; the span itself where nothing usable is left, or where a
  /// deletion would not leave a sentence.
  core::Edit Fit(std::string_view reply) const;

  const core::WeakSpan& span() const { return span_; }
  /// The words of the span as they stand.
  std::string_view words() const { return words_; }
  /// Whether the span is one or more whole sentences.
  bool whole_sentences() const { return begins_sentence_ && ends_sentence_; }

 private:
  core::Edit Deletion() const;
  std::string WithoutContext(std::string reply) const;
  std::string Punctuated(std::string reply) const;
  std::string Quoted(std::string reply) const;
  std::string Capitalised(std::string reply) const;
  std::string WithNames(std::string reply) const;

  std::string_view text_;
  core::WeakSpan span_;
  const std::vector<std::string>& names_;
  std::string_view words_, before_, after_;  ///< the span; the rest of its paragraph
  bool begins_sentence_ = false, ends_sentence_ = false;
};

/// `reply` with the kinds of quotation marks, apostrophes and line breaks that `text` uses; where
/// `text` mixes kinds or has none, as they are.
std::string InStyleOf(std::string_view text, std::string_view reply);

/// Whether a sentence begins at byte `at`: only white space, quotes, brackets and list or emphasis
/// marks between it and the end of a sentence or a line break.
bool BeginsSentence(std::string_view text, std::size_t at);

/// The mark that ends `text`, behind which only closing quotes, brackets and emphasis stand: one of
/// . , ; : ! ? … or a dash; empty if there is none.
std::string_view EndMark(std::string_view text);

}  // namespace redraft::edit
