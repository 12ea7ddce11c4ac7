#include "redraft/cli/edit_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "redraft/base/file.h"

namespace redraft::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<EditedFile> ReadForEditing(const std::string& path) {
  EditedFile file;
  file.path = path;
  REDRAFT_ASSIGN(file.bytes, ReadFile(path));
  const std::string name = path == "-" ? "standard input" : path;
  REDRAFT_ASSIGN(file.text, TextOfBytes(file.bytes, name));
  file.byte_order_mark = file.bytes.starts_with(kByteOrderMark);
  if (file.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, name + " holds no text to edit");
  }
  return file;
}

std::string BytesOf(const EditedFile& file, const std::string& text) {
  return file.byte_order_mark ? std::string(kByteOrderMark) + text : text;
}

Result<std::string> ReplaceFile(const EditedFile& file, const std::string& text) {
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
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(file.path, BytesOf(file, text)));
  return backup;
}

}  // namespace redraft::cli
