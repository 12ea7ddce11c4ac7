#pragma once

// A book as an index file: what matching needs of it, without its text.
//
// Format   little-endian. "RDFTIDX1"; the length of the header, 4 bytes; the header, JSON:
//          {"schema":"redraft.audit.index/1","unicode","profile","name","sha256","ids":[…],
//          "starts":[…]}, the last being the first token of each excerpt and the end of all; the
//          key of each token (tokeniser.h), 8 bytes each; the SHA-256 of all before it, 64 hex
//          digits. Runs of k tokens are indexed anew when it is read, for any k.
// Privacy  no word stands in it, but whoever has a dictionary can compute its words' keys and read
//          the book: an index file needs the same protection as the book.

#include <string>
#include <string_view>

#include "redraft/audit/indexed_book.h"

namespace redraft::audit {

std::string DumpIndex(const IndexedBook& book, Profile profile);

/// Whether bytes begin as an index file does.
bool IsIndexFile(std::string_view bytes);

/// Errors: kInvalidArgument naming the file: damaged, of another version of the format or of
/// Unicode, or of another profile than the parameters'.
Result<IndexedBook> ParseIndex(std::string_view bytes, const std::string& name,
                               const Parameters& parameters);

/// Reads a book of any format (book.h), or an index file, and indexes it.
/// Errors: as ReadBook, IndexBook, ParseIndex.
Result<IndexedBook> ReadIndexed(const std::string& path, const Parameters& parameters);

}  // namespace redraft::audit
