#pragma once

// Does a text copy any of these books? Every run of at least k words that it shares with one.
//
// Method  The text's k-grams are indexed once; each book is read, matched against them and
// forgotten,
//         so memory does not grow with the corpus. About 30 M words of books a second once they are
//         read.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/audit/book.h"
#include "redraft/audit/index.h"
#include "redraft/audit/mask.h"
#include "redraft/base/json.h"

namespace redraft::audit {

/// A run that stands in both.
struct SharedSpan {
  Range in_text, in_book;  ///< tokens
};

struct ScannedBook {
  std::string name, sha256;
  std::uint32_t tokens = 0;
  Mask covered;                   ///< of the text
  std::vector<SharedSpan> spans;  ///< the longest first; none that lies inside a longer one's words
  bool guarded = false;           ///< the matcher's guard acted: spans may be missing
};

class Scan {
 public:
  /// k from 1 to 64.
  Scan(std::string_view text, Profile profile, std::uint32_t k);

  /// What the text shares with a book.
  ScannedBook Look(const Book& book, const std::string& name);
  /// The same for the tokens of a book, in this scan's profile.
  ScannedBook Look(std::span<const std::uint64_t> book, const std::string& name,
                   const std::string& sha256) const;

  std::uint32_t tokens() const { return text_.size(); }
  /// The words of a span as they stand in the text.
  std::string_view TextOf(Range in_text) const;

 private:
  std::string source_;
  Tokeniser tokeniser_;
  BookTokens text_;
  GramIndex grams_;
};

}  // namespace redraft::audit
