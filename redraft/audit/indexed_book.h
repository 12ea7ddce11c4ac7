#pragma once

// A book cut into excerpts, as tokens, with its runs of tokens indexed: ready to be matched.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "redraft/audit/book.h"
#include "redraft/audit/index.h"
#include "redraft/audit/tally.h"
#include "redraft/base/result.h"

namespace redraft::audit {

/// What a report needs to know of a book, without its text.
struct BookShape {
  std::string name;  ///< of the file, without folders
  std::string sha256;
  std::vector<std::string> ids;       ///< of the excerpts
  std::vector<std::uint32_t> starts;  ///< as BookTokens::starts
  std::uint32_t tokens() const { return starts.back(); }
  bool operator==(const BookShape&) const = default;
};

/// A book ready to be matched.
struct IndexedBook {
  Book book;  ///< empty when it was read from an index file (index_file.h)
  BookShape shape;
  BookTokens tokens;
  std::map<std::string, std::uint32_t> number_of_id;
  std::unique_ptr<GramIndex> grams, trim_grams;  ///< of shortest_k() and of trim tokens

  const GramIndex& trim() const { return trim_grams ? *trim_grams : *grams; }
};

/// Checks parameters. Errors: kInvalidArgument for a k of 0 or over 64, none, or one twice; a trim
/// over 64.
Status CheckParameters(const Parameters& parameters);

/// Splits the book into excerpts, unless it has some, and indexes it. Errors: as CheckParameters;
/// kInvalidArgument for an id that is there twice.
Result<IndexedBook> IndexBook(Book book, const std::string& name, const Parameters& parameters);

/// Indexes the runs of the book's tokens, which are there, for these parameters.
void IndexGrams(IndexedBook& book, const Parameters& parameters);

}  // namespace redraft::audit
