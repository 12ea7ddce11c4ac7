#pragma once

// Fetches one large file over HTTP(S) into a partial file that a later call can continue.
//
// Resuming  The bytes already in the file are kept and only the rest is asked for (Range). When the
//           caller knows the content by its hash, any server may continue what another began.
//           Otherwise the server's ETag is kept beside the file (".etag") and sent along
//           (If-Range), so that a file which changed in between starts anew.
// Threads   any; one file by one caller at a time.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "redraft/base/result.h"

namespace redraft::llm {

struct DownloadOptions {
  std::string url;             ///< http or https; redirections are followed
  std::filesystem::path to;    ///< the partial file; its folder exists
  bool known_content = false;  ///< the caller checks the complete file by a hash
  /// Called as bytes arrive, first when the size is known and before any of them: bytes in the file
  /// and the size of the whole (0: the server does not say). False stops the download.
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
};

/// Downloads until the file is complete. What has arrived stays in `to` when it fails.
/// Errors: kUnavailable (no connection, cut several times, server error), kNotFound,
/// kUnauthenticated, kRefused (any other refusal), kFailed (disk full, cannot write), kCancelled.
Status DownloadFile(const DownloadOptions& options);

}  // namespace redraft::llm
