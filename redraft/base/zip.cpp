#include "redraft/base/zip.h"

#include <fmt/format.h>
#include <zip.h>

#include <vector>

namespace redraft {
namespace {

int HexDigit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

std::string PercentDecoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace

struct ZipArchive::Handle {
  zip_t* zip = nullptr;
  ~Handle() { zip_discard(zip); }
};

ZipArchive::ZipArchive(std::string name, std::unique_ptr<Handle> handle)
    : name_(std::move(name)), handle_(std::move(handle)) {}
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive& ZipArchive::operator=(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

Result<ZipArchive> ZipArchive::OpenFile(const std::filesystem::path& path) {
  auto handle = std::make_unique<Handle>();
  int reason = 0;
  handle->zip = zip_open(path.c_str(), ZIP_RDONLY, &reason);
  const std::string name = path.filename().string();
  if (handle->zip == nullptr) return Fail(ErrorCode::kInvalidArgument, name + " is not a zip file");
  return ZipArchive(name, std::move(handle));
}

Result<ZipArchive> ZipArchive::OpenBytes(std::string_view bytes, std::string name) {
  auto handle = std::make_unique<Handle>();
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  if (source != nullptr) {
    handle->zip = zip_open_from_source(source, ZIP_RDONLY, nullptr);
    if (handle->zip == nullptr) zip_source_free(source);
  }
  if (handle->zip == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                name + " is not a zip file, or a damaged one; get it again");
  }
  return ZipArchive(std::move(name), std::move(handle));
}

bool ZipArchive::Has(const std::string& member) const {
  return zip_name_locate(handle_->zip, member.c_str(), 0) >= 0;
}

std::vector<std::string> ZipArchive::Names() const {
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(handle_->zip, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* const name = zip_get_name(handle_->zip, static_cast<zip_uint64_t>(i), 0);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

Status ZipArchive::Read(const std::string& member,
                        const std::function<bool(std::string_view bytes)>& take) const {
  const auto failed = [&](const std::string& what) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {} ({})", name_, what, member));
  };
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
      zip_fopen(handle_->zip, member.c_str(), 0), &zip_fclose);
  if (!file) {
    const int reason = zip_error_code_zip(zip_get_error(handle_->zip));
    return failed(reason == ZIP_ER_NOENT      ? "has no such member"
                  : reason == ZIP_ER_NOPASSWD ? "needs a password"
                                              : "is damaged");
  }
  std::vector<char> buffer(1 << 18);
  for (;;) {
    const zip_int64_t n = zip_fread(file.get(), buffer.data(), buffer.size());
    if (n < 0) return failed("is damaged");
    if (n == 0) return Ok{};
    if (!take({buffer.data(), static_cast<std::size_t>(n)})) return Ok{};
  }
}

Result<std::string> ZipArchive::Read(const std::string& member, std::uint64_t most) const {
  std::string bytes;
  bool fits = true;
  REDRAFT_RETURN_IF_ERROR(Read(member, [&](std::string_view piece) {
    fits = bytes.size() + piece.size() <= most;
    if (fits) bytes += piece;
    return fits;
  }));
  if (fits) return bytes;
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("{}: unpacks to more than the limit of {} bytes ({})", name_, most, member));
}

std::optional<std::string> MemberNamed(const std::string& folder, std::string_view reference) {
  const std::string path = PercentDecoded(reference.substr(0, reference.find('#')));
  if (path.empty() || path.front() == '/' || path.find('\\') != std::string::npos ||
      path.find(':') != std::string::npos || path.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  std::vector<std::string> parts;
  const std::string whole = folder + path;
  for (std::size_t at = 0; at <= whole.size();) {
    const std::size_t end = std::min(whole.find('/', at), whole.size());
    const std::string part = whole.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string member;
  for (const std::string& part : parts) member += (member.empty() ? "" : "/") + part;
  return member;
}

namespace {

/// Puts bytes in the place of the member, or at the end. False: libzip has no memory.
bool PutMember(zip_t* zip, const std::string& member, const std::string& bytes) {
  zip_source_t* const source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
  if (source == nullptr) return false;
  const zip_int64_t index = zip_file_add(zip, member.c_str(), source, ZIP_FL_OVERWRITE);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  constexpr zip_uint16_t kFirstDay = 0x21;  // 1980-01-01, where the format's time begins
  const auto at = static_cast<zip_uint64_t>(index);
  return zip_set_file_compression(zip, at, ZIP_CM_DEFLATE, 0) == 0 &&
         zip_file_set_dostime(zip, at, 0, kFirstDay, 0) == 0;
}

bool Change(zip_t* zip, const ZipChanges& changes) {
  for (const auto& [member, content] : changes) {
    if (content) {
      if (!PutMember(zip, member, *content)) return false;
    } else if (const zip_int64_t at = zip_name_locate(zip, member.c_str(), 0); at >= 0) {
      if (zip_delete(zip, static_cast<zip_uint64_t>(at)) < 0) return false;
    }
  }
  return true;
}

/// A source with a copy of the bytes that is libzip's own: to change an archive in bytes of others,
/// libzip 1.7 shares their beginning, and frees it.
zip_source_t* OwnSource(std::string_view bytes) {
  zip_source_t* const source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  if (source == nullptr) return nullptr;
  if (zip_source_begin_write(source) == 0 &&
      zip_source_write(source, bytes.data(), bytes.size()) ==
          static_cast<zip_int64_t>(bytes.size()) &&
      zip_source_commit_write(source) == 0) {
    return source;
  }
  zip_source_free(source);
  return nullptr;
}

/// What was written into a source.
std::optional<std::string> BytesOf(zip_source_t* source) {
  if (zip_source_open(source) < 0) return std::nullopt;
  std::string bytes;
  std::vector<char> buffer(1 << 18);
  zip_int64_t n = 0;
  while ((n = zip_source_read(source, buffer.data(), buffer.size())) > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(n));
  }
  zip_source_close(source);
  return n < 0 ? std::nullopt : std::optional(std::move(bytes));
}

}  // namespace

Result<std::string> ChangedZip(std::string_view bytes, const std::string& name,
                               const ZipChanges& changes) {
  const auto failed = [&] {
    return Fail(ErrorCode::kFailed, name + ": the changed archive cannot be put together");
  };
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> source(OwnSource(bytes),
                                                                      &zip_source_free);
  if (!source) return failed();
  zip_source_keep(source.get());
  zip_t* const zip = zip_open_from_source(source.get(), 0, nullptr);
  if (zip == nullptr) {
    zip_source_free(source.get());
    return Fail(ErrorCode::kInvalidArgument, name + " is not a zip file, or a damaged one");
  }
  // Closing frees it when it succeeds.
  if (!Change(zip, changes) || zip_close(zip) < 0) {
    zip_discard(zip);
    return failed();
  }
  auto changed = BytesOf(source.get());
  if (!changed) return failed();
  return *std::move(changed);
}

}  // namespace redraft
