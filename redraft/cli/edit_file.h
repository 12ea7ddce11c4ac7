#pragma once

// The file that `redraft edit` works on: text, Markdown or a Word document, read so that what is
// not edited is written back byte by byte.

#include <optional>
#include <string>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/base/result.h"
#include "redraft/core/edit.h"
#include "redraft/edit/docx.h"

namespace redraft::cli {

struct EditedFile {
  std::string path;   ///< "-" is standard input
  std::string bytes;  ///< as read
  std::string text;   ///< without the byte order mark; of a Word document its text
  bool byte_order_mark = false;
  std::optional<edit::Docx> docx;  ///< of a Word document: .docx, .docm, .dotx or .dotm
};

/// Errors: kInvalidArgument for a file that is missing, empty, binary, too large or not UTF-8, for
/// one of white space alone, and as edit::Docx::Read.
Result<EditedFile> ReadForEditing(const std::string& path);

/// Takes out those of `edits` in places that edit::Docx cannot replace; returns how many.
std::size_t DropUneditable(const EditedFile& file, std::vector<core::Edit>& edits);

/// The file with `edits` of its text: carried out, with the byte order mark that it had; in a Word
/// document tracked changes of "Redraft" at the clock's time.
/// Errors: as edit::Apply and edit::Docx::WithEdits.
Result<std::string> WithEdits(const EditedFile& file, const std::vector<core::Edit>& edits,
                              const Clock& clock);

/// Where an edited Word document goes if nothing is said: "draft.edited.docx" for "draft.docx" and
/// "draft.docm", in the same folder.
std::string EditedDocxPath(const std::string& path);

/// Puts `bytes` into the place of the file and keeps what was there as FILE.bak (.bak2, … when that
/// exists). Returns the backup's name. Errors: kFailed when the file has changed since it was read,
/// or cannot be written; then it is as it was.
Result<std::string> ReplaceFile(const EditedFile& file, const std::string& bytes);

}  // namespace redraft::cli
