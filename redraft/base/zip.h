#pragma once

// Members of a zip archive. The one door to libzip.
//
// Safety  nothing is unpacked to disk; a member's size is what comes out of it, not what the
//         archive says, so that a caller's limit holds against archives that lie.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft {

class ZipArchive {
 public:
  /// Errors: kInvalidArgument when the file is no zip.
  static Result<ZipArchive> OpenFile(const std::filesystem::path& path);
  /// `bytes` must outlive the archive; `name` stands in messages.
  static Result<ZipArchive> OpenBytes(std::string_view bytes, std::string name);
  ZipArchive(ZipArchive&&) noexcept;
  ZipArchive& operator=(ZipArchive&&) noexcept;
  ~ZipArchive();

  bool Has(const std::string& member) const;
  /// The names of all members, as they stand in the archive.
  std::vector<std::string> Names() const;
  /// Hands the bytes of a member to `take`, piece by piece, until it returns false.
  /// Errors: kInvalidArgument when there is no such member, it is damaged or needs a password.
  Status Read(const std::string& member,
              const std::function<bool(std::string_view bytes)>& take) const;
  /// All bytes of a member. Errors: as above, and when there are more than `most`.
  Result<std::string> Read(const std::string& member, std::uint64_t most) const;

 private:
  struct Handle;
  ZipArchive(std::string name, std::unique_ptr<Handle> handle);
  std::string name_;
  std::unique_ptr<Handle> handle_;
};

/// The member that a reference ("../a%20b.xml#part") names from a file in `folder`, which is empty
/// or ends with a slash; none when it leaves the archive or is no path of one.
std::optional<std::string> MemberNamed(const std::string& folder, std::string_view reference);

/// New bytes of members by name, or none for a member that is to be left out.
using ZipChanges = std::map<std::string, std::optional<std::string>>;

/// An archive with some members changed, added at its end, or left out. The others are copied as
/// they are, without unpacking. The same bytes for the same arguments: new members carry no time.
/// Errors: as OpenBytes; kFailed when there is no memory.
Result<std::string> ChangedZip(std::string_view bytes, const std::string& name,
                               const ZipChanges& changes);

}  // namespace redraft
