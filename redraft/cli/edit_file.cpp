#include "redraft/cli/edit_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "redraft/base/file.h"
#include "redraft/edit/apply.h"

namespace redraft::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsDocx(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return extension == ".docx" || extension == ".docm" || extension == ".dotx" ||
         extension == ".dotm";
}

}  // namespace

Result<EditedFile> ReadForEditing(const std::string& path) {
  EditedFile file;
  file.path = path;
  REDRAFT_ASSIGN(file.bytes, ReadFile(path));
  const std::string name = path == "-" ? "standard input" : path;
  if (IsDocx(path)) {
    REDRAFT_ASSIGN(edit::Docx docx, edit::Docx::Read(file.bytes, path));
    file.text = docx.text();
    file.docx = std::move(docx);
  } else {
    REDRAFT_ASSIGN(file.text, TextOfBytes(file.bytes, name));
    file.byte_order_mark = file.bytes.starts_with(kByteOrderMark);
  }
  if (file.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, name + " holds no text to edit");
  }
  return file;
}

std::size_t DropUneditable(const EditedFile& file, std::vector<core::Edit>& edits) {
  if (!file.docx) return 0;
  return std::erase_if(
      edits, [&](const auto& edit) { return !file.docx->CanEdit(edit.span.start, edit.span.end); });
}

Result<std::string> WithEdits(const EditedFile& file, const std::vector<core::Edit>& edits,
                              const Clock& clock) {
  if (file.docx) return file.docx->WithEdits(edits, {"Redraft", FormatUtc(clock.UnixMillis())});
  REDRAFT_ASSIGN(const edit::Applied applied, edit::Apply(file.text, edits));
  return file.byte_order_mark ? std::string(kByteOrderMark) + applied.text : applied.text;
}

std::string EditedDocxPath(const std::string& path) {
  return std::filesystem::path(path).replace_extension(".edited.docx").string();
}

Result<std::string> ReplaceFile(const EditedFile& file, const std::string& bytes) {
  const auto now = ReadFile(file.path);
  if (!now || *now != file.bytes) {
    return Fail(ErrorCode::kFailed,
                file.path + " has changed since it was read; it is left alone: edit it again");
  }
  std::string backup = file.path + ".bak";
  for (int number = 2; std::filesystem::exists(backup); ++number) {
    backup = fmt::format("{}.bak{}", file.path, number);
  }
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(backup, file.bytes));
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(file.path, bytes));
  return backup;
}

}  // namespace redraft::cli
