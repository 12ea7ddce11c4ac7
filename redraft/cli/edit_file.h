#pragma once

// The file that `redraft edit` works on: read so that what is not edited is written back byte by
// byte.

#include <string>

#include "redraft/base/result.h"

namespace redraft::cli {

struct EditedFile {
  std::string path;   ///< "-" is standard input
  std::string bytes;  ///< as read
  std::string text;   ///< without the byte order mark
  bool byte_order_mark = false;
};

/// Errors: kInvalidArgument for a file that is missing, empty, binary, too large or not UTF-8, and
/// for one of white space alone.
Result<EditedFile> ReadForEditing(const std::string& path);

/// `text` with the byte order mark that the file had.
std::string BytesOf(const EditedFile& file, const std::string& text);

/// Puts `text` into the place of the file and keeps what was there as FILE.bak (.bak2, … when that
/// exists). Returns the backup's name. Errors: kFailed when the file has changed since it was read,
/// or cannot be written; then it is as it was.
Result<std::string> ReplaceFile(const EditedFile& file, const std::string& text);

}  // namespace redraft::cli
