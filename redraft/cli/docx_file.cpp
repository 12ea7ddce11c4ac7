#include "redraft/cli/docx_file.h"

#include <filesystem>
#include <utility>

#include "redraft/base/file.h"

namespace redraft::cli {

bool IsDocx(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return extension == ".docx" || extension == ".docm" || extension == ".dotx" ||
         extension == ".dotm";
}

std::string EditedDocxPath(const std::string& path) {
  return std::filesystem::path(path).replace_extension(".edited.docx").string();
}

Result<edit::Docx> ReadDocx(const std::string& path) {
  REDRAFT_ASSIGN(std::string bytes, ReadFile(path));
  REDRAFT_ASSIGN(edit::Docx docx, edit::Docx::Read(std::move(bytes), path));
  if (docx.text().find_first_not_of(" \t\r\n") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, path + " holds no text to edit");
  }
  return docx;
}

std::size_t DropUneditable(const edit::Docx& docx, std::vector<core::Edit>& edits) {
  return std::erase_if(
      edits, [&](const auto& edit) { return !docx.CanEdit(edit.span.start, edit.span.end); });
}

Status WriteEditedDocx(const edit::Docx& docx, std::vector<core::Edit> edits,
                       const std::string& path, const Clock& clock) {
  REDRAFT_ASSIGN(const std::string bytes,
                 docx.WithEdits(std::move(edits), {"Redraft", FormatUtc(clock.UnixMillis())}));
  return WriteFileAtomic(path, bytes);
}

}  // namespace redraft::cli
