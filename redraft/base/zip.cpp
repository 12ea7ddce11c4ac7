#include "redraft/base/zip.h"

#include <fmt/format.h>
#include <zip.h>

#include <vector>

namespace redraft {

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

}  // namespace redraft
