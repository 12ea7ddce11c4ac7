#pragma once

// Writing a book with its excerpts, as book.h reads it back.

#include <string>

#include "redraft/audit/book.h"

namespace redraft::audit {

/// The reference's JSON, one record a line: {"excerpt_id","excerpt_text","word_count"} and, as far
/// as they are known, "book_name", "author_name", "detail" and "instruction". Needs excerpts.
std::string DumpBook(const Book& book);

}  // namespace redraft::audit
