#pragma once

// Edits as tracked changes with comments in the XML of a DOCX.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/edit.h"
#include "redraft/edit/docx_body.h"

namespace redraft::edit {

/// Who made the changes, as Word shows it.
struct Authorship {
  std::string author = "Redraft";
  std::string date;  ///< FormatUtc's form; empty: not said
};

/// Whether the bytes [start, end) of the text can be replaced: inside one paragraph, and nothing of
/// a link, a field, a code paragraph or the mark of a heading or list.
bool CanEditDocx(const DocxBody& body, std::size_t start, std::size_t end);

/// The document and its comments with the edits, which are sorted and disjoint and can be made.
/// Errors  kInvalidArgument naming the edit, for what XML cannot hold.
struct DocxChanges {
  std::string document, comments;
};
Result<DocxChanges> TrackChanges(std::string_view document, std::string_view comments,
                                 const DocxBody& body, const std::vector<core::Edit>& edits,
                                 const Authorship& by);

}  // namespace redraft::edit
