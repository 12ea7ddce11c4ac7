#pragma once

// Word documents as files of `redraft edit`: draft.docx in, draft.edited.docx out.

#include <string>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/base/result.h"
#include "redraft/core/edit.h"
#include "redraft/edit/docx.h"

namespace redraft::cli {

/// Whether a path names a Word document: .docx, .docm, .dotx or .dotm in any case.
bool IsDocx(const std::string& path);

/// "draft.edited.docx" for "draft.docx" and "draft.docm", in the same folder.
std::string EditedDocxPath(const std::string& path);

/// Errors  kInvalidArgument: as ReadFile and edit::Docx::Read, and for a document of white space
///         alone.
Result<edit::Docx> ReadDocx(const std::string& path);

/// Takes out of `edits` those of places that edit::Docx cannot replace; returns how many.
std::size_t DropUneditable(const edit::Docx& docx, std::vector<core::Edit>& edits);

/// Writes the document with the edits as tracked changes of "Redraft" at the clock's time.
/// Errors  as edit::Docx::WithEdits and WriteFileAtomic.
Status WriteEditedDocx(const edit::Docx& docx, std::vector<core::Edit> edits,
                       const std::string& path, const Clock& clock);

}  // namespace redraft::cli
