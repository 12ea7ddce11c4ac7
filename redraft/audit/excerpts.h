#pragma once

// Cutting a book into excerpts for which a model can be asked.
//
// Rule   Excerpts follow one another without a gap, each of 300 to 500 words, and end at the end of
// a
//        paragraph where one lies in that range, else at the end of a sentence. A sentence of more
//        than 200 words may be cut behind a comma, semicolon, colon or dash. Only the last excerpt
//        can be shorter: when what is left fits neither into the one before nor shares its words
//        evenly.
// Words  are what blanks part, as the reference counts; in scripts written without blanks those of
//        text::CountWords.
// Ids    p_id1, p_id2, …
// Cost   20 ms a megabyte; the same result everywhere (no model, no network).

#include <cstddef>
#include <string_view>
#include <vector>

#include "redraft/audit/book.h"

namespace redraft::audit {

struct ExcerptSize {
  std::size_t min_words = 300, max_words = 500;
};

/// The excerpts of a text; byte ranges without the blank space around them.
/// Needs min_words >= 1 and max_words >= min_words + 100.
std::vector<Excerpt> SplitExcerpts(std::string_view text, ExcerptSize size = {});

/// Words that blanks part.
std::size_t CountBlankParted(std::string_view text);

}  // namespace redraft::audit
