#include "redraft/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace redraft {
namespace fs = std::filesystem;
namespace {

/// Closes a descriptor at the end of its scope.
struct Descriptor {
  int fd = -1;
  bool owned = true;
  ~Descriptor() {
    if (owned && fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::string> ReadFile(const fs::path& path, std::uint64_t max_bytes) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path.string();
  std::error_code ignored;
  if (!standard_input && fs::is_directory(path, ignored)) {
    return Fail(ErrorCode::kInvalidArgument, name + " is a folder; name a file");
  }
  const Descriptor file{standard_input ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC),
                        !standard_input};
  if (file.fd < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  }
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(file.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    }
    if (n == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(n));
    if (bytes.size() > max_bytes) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is larger than the limit of {} bytes", name, max_bytes));
    }
  }
}

Result<std::string> ReadTextFile(const fs::path& path, std::uint64_t max_bytes) {
  REDRAFT_ASSIGN(std::string bytes, ReadFile(path, max_bytes));
  return TextOfBytes(std::move(bytes), path == "-" ? "standard input" : path.string());
}

Result<std::string> TextOfBytes(std::string text, const std::string& name) {
  if (text.rfind("\xEF\xBB\xBF", 0) == 0) text.erase(0, 3);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, name + " is empty; it must hold text");
  }
  if (const auto nul = text.find('\0'); nul != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is binary (NUL at byte {}); give a UTF-8 text file", name, nul));
  }
  if (const auto bad = FirstInvalidUtf8(text); bad != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is not UTF-8 text (byte {}); convert it first", name, bad));
  }
  return text;
}

Status WriteFileAtomic(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const fs::path part = path.string() + fmt::format(".{}.part", ::getpid());
  const auto failed = [&](const char* what) {
    const int reason = errno;
    ::unlink(part.c_str());
    return Fail(ErrorCode::kFailed,
                fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(reason)));
  };
  Descriptor file{::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (file.fd < 0) return failed("write");
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(file.fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write");
    done += static_cast<std::size_t>(n);
  }
  if (::fsync(file.fd) != 0) return failed("sync");
  if (::rename(part.c_str(), path.c_str()) != 0) return failed("replace");
  return Ok{};
}

Status CheckFreeSpace(const fs::path& folder, std::uint64_t bytes) {
  constexpr std::uint64_t kSpare = 16 << 20;
  std::error_code error;
  const fs::space_info space = fs::space(folder.empty() ? "." : folder, error);
  if (error || space.available >= bytes + kSpare) return Ok{};  // unknown: writing will tell
  return Fail(ErrorCode::kFailed,
              fmt::format("the disk of {} is too full: {} MB are needed and {} MB are free; make "
                          "room or choose another folder",
                          folder.string(), (bytes + kSpare) >> 20, space.available >> 20));
}

Result<std::vector<fs::path>> ListFiles(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Fail(ErrorCode::kInvalidArgument, folder.string() + " is not a folder");
  }
  std::vector<fs::path> files;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(fs::relative(it->path(), folder));
  }
  if (error) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("cannot list {}: {}", folder.string(), error.message()));
  }
  std::ranges::sort(files);
  return files;
}

std::size_t FirstInvalidUtf8(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t i = 0;
  while (i < bytes.size()) {
    for (std::uint64_t word = 0; i + sizeof word <= bytes.size(); i += sizeof word) {
      std::memcpy(&word, bytes.data() + i, sizeof word);
      if ((word & kHighBits) != 0) break;
    }
    if (i == bytes.size()) break;
    const unsigned char lead = at(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t extra = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || i + extra >= bytes.size()) return i;
    // The second byte's range excludes overlong forms, surrogates and code points over U+10FFFF.
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (at(i + 1) < low || at(i + 1) > high) return i;
    for (std::size_t k = 2; k <= extra; ++k) {
      if ((at(i + k) & 0xC0) != 0x80) return i;
    }
    i += extra + 1;
  }
  return std::string_view::npos;
}

std::string ReplaceInvalidUtf8(std::string_view bytes) {
  std::string text;
  for (auto bad = FirstInvalidUtf8(bytes); bad != std::string_view::npos;
       bad = FirstInvalidUtf8(bytes)) {
    text.append(bytes.substr(0, bad)).append("\xEF\xBF\xBD");
    bytes.remove_prefix(bad + 1);
  }
  return text.append(bytes);
}

}  // namespace redraft
