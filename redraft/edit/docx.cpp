#include "redraft/edit/docx.h"

#include <fmt/format.h>

#include <utility>

#include "redraft/edit/apply.h"
#include "redraft/edit/docx_styles.h"

namespace redraft::edit {

Docx::Docx(DocxPackage package, DocxBody body)
    : package_(std::move(package)), body_(std::move(body)) {}

Result<Docx> Docx::Read(std::string bytes, const std::string& name) {
  REDRAFT_ASSIGN(DocxPackage package, OpenDocx(std::move(bytes), name));
  REDRAFT_ASSIGN(const auto styles, ReadDocxStyles(package.styles, name + ": styles"));
  REDRAFT_ASSIGN(DocxBody body, ReadDocxBody(package.document, styles, name));
  return Docx(std::move(package), std::move(body));
}

std::vector<std::string> Docx::Notes() const {
  std::vector<std::string> notes;
  if (!package_.macros.empty() || package_.macro_enabled) {
    notes.emplace_back("its macros are left out of the edited document");
  }
  if (package_.is_signed) {
    notes.emplace_back("its digital signature does not hold for the edited document");
  }
  const DocxLeftOut& left = body_.left_out;
  if (left.tracked_changes > 0) {
    notes.emplace_back("earlier tracked changes are read as accepted; they stay in the document");
  }
  const std::pair<int, const char*> kinds[] = {{left.text_boxes, "text boxes"},
                                               {left.pictures, "pictures"},
                                               {left.notes, "notes"},
                                               {left.hidden, "pieces of hidden text"},
                                               {left.contents, "tables of contents"}};
  std::string listed;
  for (const auto& [count, kind] : kinds) {
    if (count > 0) listed += fmt::format("{}{} ({})", listed.empty() ? "" : ", ", kind, count);
  }
  if (!listed.empty()) notes.push_back("not read, and kept as they are: " + listed);
  return notes;
}

bool Docx::CanEdit(std::size_t start, std::size_t end) const {
  return CanEditDocx(body_, start, end);
}

Result<std::string> Docx::WithEdits(std::vector<core::Edit> edits, const Authorship& by) const {
  REDRAFT_ASSIGN(const std::vector<core::Edit> sorted, Sorted(body_.text, std::move(edits)));
  for (const core::Edit& edit : sorted) {
    if (CanEdit(edit.span.start, edit.span.end)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: the edit of [{}, {}) crosses the end of a paragraph, or changes a "
                            "link, a field, code, or the mark of a heading or list",
                            package_.name, edit.span.start, edit.span.end));
  }
  REDRAFT_ASSIGN(const DocxChanges changes,
                 TrackChanges(package_.document, package_.comments, body_, sorted, by));
  return ChangedDocx(package_, changes.document, changes.comments);
}

}  // namespace redraft::edit
