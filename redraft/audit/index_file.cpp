#include "redraft/audit/index_file.h"

#include <fmt/format.h>

#include "redraft/audit/letters.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/json.h"

namespace redraft::audit {
namespace {

constexpr std::string_view kMagic = "RDFTIDX1";
constexpr const char* kSchema = "redraft.audit.index/1";
constexpr std::size_t kDigestBytes = 64;  // hex

void AppendNumber(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

std::uint64_t NumberAt(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i > 0; --i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

/// The parts of an index file; empty views when it is too short for what it says.
struct Parts {
  std::string_view header, keys, digest;
};
Parts Take(std::string_view bytes) {
  const std::size_t fixed = kMagic.size() + 4;
  if (bytes.size() < fixed + kDigestBytes) return {};
  const std::uint64_t header = NumberAt(bytes, kMagic.size(), 4);
  if (header > bytes.size() - fixed - kDigestBytes) return {};
  const std::size_t keys = bytes.size() - fixed - header - kDigestBytes;
  return {bytes.substr(fixed, header), bytes.substr(fixed + header, keys),
          bytes.substr(bytes.size() - kDigestBytes)};
}

std::string TextOf(const Json& header, const char* key) {
  const auto found = header.find(key);
  return found != header.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Empty when the header's lists do not fit together.
BookShape ShapeOf(const Json& header) {
  BookShape shape{TextOf(header, "name"), TextOf(header, "sha256"), {}, {}};
  const Json none = Json::array();
  const Json& ids = header.contains("ids") ? header["ids"] : none;
  const Json& starts = header.contains("starts") ? header["starts"] : none;
  for (const Json& id : ids) {
    if (id.is_string()) shape.ids.push_back(id.get<std::string>());
  }
  for (const Json& start : starts) {
    const std::uint64_t least = shape.starts.empty() ? 0 : shape.starts.back();
    if (!start.is_number_unsigned() || start.get<std::uint64_t>() < least ||
        start.get<std::uint64_t>() >= ~0U) {
      return {};
    }
    shape.starts.push_back(start.get<std::uint32_t>());
  }
  const bool fits = ids.is_array() && starts.is_array() && shape.ids.size() == ids.size() &&
                    shape.starts.size() == shape.ids.size() + 1 && shape.starts.front() == 0;
  return fits ? shape : BookShape{};
}

}  // namespace

std::string DumpIndex(const IndexedBook& book, Profile profile) {
  const std::string header = DumpJson({{"schema", kSchema},
                                       {"unicode", UnicodeVersion()},
                                       {"profile", ToString(profile)},
                                       {"name", book.shape.name},
                                       {"sha256", book.shape.sha256},
                                       {"ids", book.shape.ids},
                                       {"starts", book.shape.starts}});
  std::string out(kMagic);
  AppendNumber(out, header.size(), 4);
  out += header;
  for (const std::uint64_t key : book.tokens.keys) AppendNumber(out, key, 8);
  return out + Sha256Hex(out);
}

bool IsIndexFile(std::string_view bytes) { return bytes.starts_with(kMagic); }

Result<IndexedBook> ParseIndex(std::string_view bytes, const std::string& name,
                               const Parameters& parameters) {
  const auto fail = [&name](const std::string& what) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: {}; make it again with `redraft audit index`", name, what));
  };
  REDRAFT_RETURN_IF_ERROR(CheckParameters(parameters));
  if (!IsIndexFile(bytes)) return fail("not an index file");
  const Parts parts = Take(bytes);
  const Result<Json> header = ParseJson(parts.header);
  if (!header || !header->is_object()) return fail("the index file is cut off or damaged");
  if (TextOf(*header, "schema") != kSchema) return fail(fmt::format("not {}", kSchema));
  if (const std::string unicode = TextOf(*header, "unicode"); unicode != UnicodeVersion()) {
    return fail(fmt::format("made with Unicode {}, this is {}", unicode, UnicodeVersion()));
  }
  if (const std::string profile = TextOf(*header, "profile");
      profile != ToString(parameters.profile)) {
    return fail(
        fmt::format("made for --profile {}, not {}", profile, ToString(parameters.profile)));
  }
  IndexedBook book;
  book.shape = ShapeOf(*header);
  if (book.shape.starts.empty() ||
      parts.keys.size() != 8 * static_cast<std::size_t>(book.shape.tokens())) {
    return fail("its header does not fit its tokens");
  }
  if (Sha256Hex(bytes.substr(0, bytes.size() - kDigestBytes)) != parts.digest) {
    return fail("its checksum is wrong");
  }
  book.tokens.starts = book.shape.starts;
  for (std::size_t at = 0; at < parts.keys.size(); at += 8) {
    book.tokens.keys.push_back(NumberAt(parts.keys, at, 8));
  }
  for (const std::string& id : book.shape.ids) {
    if (!book.number_of_id.emplace(id, book.number_of_id.size()).second) {
      return fail(fmt::format("excerpt \"{}\" is there twice", id));
    }
  }
  IndexGrams(book, parameters);
  return book;
}

Result<IndexedBook> ReadIndexed(const std::string& path, const Parameters& parameters) {
  REDRAFT_ASSIGN(const std::string bytes, ReadFile(path));
  if (IsIndexFile(bytes)) return ParseIndex(bytes, path, parameters);
  REDRAFT_ASSIGN(Book book, ParseBook(bytes, path == "-" ? "standard input" : path));
  return IndexBook(std::move(book), path, parameters);
}

}  // namespace redraft::audit
