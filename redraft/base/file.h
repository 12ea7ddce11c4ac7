#pragma once

// Whole files in and out.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft {

/// Largest text file that a command reads as one input (briefs, drafts, books).
inline constexpr std::uint64_t kMaxInputBytes = 64ULL << 20;

/// The bytes of a file; "-" reads standard input.
/// Errors: kInvalidArgument when the file is missing, a folder, unreadable or over `max_bytes`.
Result<std::string> ReadFile(const std::filesystem::path& path,
                             std::uint64_t max_bytes = kMaxInputBytes);

/// As ReadFile, for text: refuses an empty file, a NUL byte, and bytes that are not UTF-8 (naming
/// the offset); drops a byte order mark. Errors: kInvalidArgument.
Result<std::string> ReadTextFile(const std::filesystem::path& path,
                                 std::uint64_t max_bytes = kMaxInputBytes);

/// What ReadTextFile makes of bytes; `name` stands in messages. Errors: as there.
Result<std::string> TextOfBytes(std::string bytes, const std::string& name);

/// Writes beside the target, syncs, then renames: readers see the old or the new file, never half
/// of one. Creates missing folders. Errors: kFailed with the system's reason (read-only, disk
/// full).
Status WriteFileAtomic(const std::filesystem::path& path, std::string_view bytes);

/// Succeeds when the disk of `folder` has room for `bytes` more, with a little to spare.
/// Errors: kFailed saying how much is needed and how much there is.
Status CheckFreeSpace(const std::filesystem::path& folder, std::uint64_t bytes);

/// Regular files below `folder`, sorted by path, relative to it. Errors: kInvalidArgument.
Result<std::vector<std::filesystem::path>> ListFiles(const std::filesystem::path& folder);

/// Offset of the first byte that does not belong to well-formed UTF-8, or npos.
std::size_t FirstInvalidUtf8(std::string_view bytes);

/// The bytes with U+FFFD in the place of each that begins no UTF-8 character.
std::string ReplaceInvalidUtf8(std::string_view bytes);

}  // namespace redraft
