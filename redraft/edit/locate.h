#pragma once

// Where words that somebody quotes stand in a text. Models copy carelessly: they straighten quotes,
// change case and white space, drop or mend a word.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redraft::edit {

/// A half-open range of bytes, on code-point boundaries, and how like the quotation it is.
struct Located {
  std::size_t start = 0;
  std::size_t end = 0;
  double likeness = 1;  ///< 1: byte by byte; less: other spelling or punctuation; below .9: fuzzy

  friend bool operator==(const Located&, const Located&) = default;
};

/// A text in which quotations are looked up.
/// Cost  the words of the text once; a look-up is linear in the text if the words are there as
///       quoted, else words of the text times words of the quotation.
class QuotedText {
 public:
  /// Keeps a view of `text`.
  explicit QuotedText(std::string_view text);

  /// The place of `quote`: the same bytes; else the same words, whatever their case, punctuation
  /// and white space; else, for four words and more, the stretch that at most a quarter of the
  /// words must be changed in. Of several equal places the first from byte `from` on, else the
  /// first. Nothing for a quotation without words that does not stand there as it is.
  std::optional<Located> Find(std::string_view quote, std::size_t from = 0) const;

 private:
  std::optional<Located> FindWords(const std::vector<std::string>& quote, std::size_t from) const;
  std::optional<Located> FindLike(const std::vector<std::string>& quote, std::size_t from) const;
  Located Stretch(std::size_t first, std::size_t last, double likeness) const;

  std::string_view text_;
  std::vector<std::string_view> words_;
  std::vector<std::string> folded_;  ///< words_, normalised
};

}  // namespace redraft::edit
