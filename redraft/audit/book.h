#pragma once

// A book to be audited: its text, and the excerpts a model was asked for.
//
// Formats  plain text; Markdown (what a reader sees of it); EPUB (epub.h); the reference's JSON, a
//          list of {"excerpt_id","excerpt_text","book_name"?,"author_name"?,"detail"?,
//          "instruction"?} in which ids and texts may also be called paragraph_id and
//          paragraph_text. A format is told by its first bytes, Markdown by the name .md.
// Text     UTF-8 with \n as line end; the header and the licence that Project Gutenberg puts around
//          a text are not part of it. Of JSON the excerpts, with a blank line between them.
// Order    of excerpts: by the first integer in their id, as the reference sorts; equal ones, and
//          ids that all lack one, stay in the order of the file.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::audit {

struct Excerpt {
  std::string id;                  ///< unique in its book
  std::size_t begin = 0, end = 0;  ///< bytes [begin, end) of Book::text, whole code points
  std::string summary;             ///< what happens in it; empty: none was written yet
  std::string instruction;         ///< what a model was or will be asked; empty: not known
  bool operator==(const Excerpt&) const = default;
};

struct Book {
  std::string title, author;      ///< empty: not known
  std::string text;               ///< never empty
  std::string sha256;             ///< of the bytes of the file
  std::vector<Excerpt> excerpts;  ///< empty for all but JSON: SplitExcerpts (excerpts.h) makes them

  std::string_view TextOf(const Excerpt& excerpt) const {
    return std::string_view(text).substr(excerpt.begin, excerpt.end - excerpt.begin);
  }
};

/// Reads a book of any format; "-" is standard input.
/// Errors: kInvalidArgument naming the file and, where there is one, the place in it: missing,
/// empty, over kMaxInputBytes, not UTF-8, a broken archive (epub.h), JSON that is cut off, without
/// a single excerpt, or with an id that is missing or there twice; ids some of which have no
/// number.
Result<Book> ReadBook(const std::filesystem::path& path);

/// As ReadBook, from bytes; `name` tells Markdown from text and stands in messages.
Result<Book> ParseBook(std::string_view bytes, const std::string& name);

}  // namespace redraft::audit
