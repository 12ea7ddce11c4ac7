// The reader of books takes any bytes, and EPUB archives whose package file and chapter are any
// bytes: it ends, and what it accepts is UTF-8 with excerpts that lie in the text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/audit/book.h"
#include "redraft/audit/index_file.h"
#include "redraft/base/check.h"
#include "redraft/base/file.h"

namespace {

std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string LittleEndian(std::size_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

/// An archive of members that are not compressed (PKWARE's APPNOTE, 4.3).
std::string Archive(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string files, directory;
  for (const auto& [name, bytes] : members) {
    const std::string common = LittleEndian(20, 2) + LittleEndian(0, 8) +
                               LittleEndian(Crc32(bytes), 4) + LittleEndian(bytes.size(), 4) +
                               LittleEndian(bytes.size(), 4) + LittleEndian(name.size(), 2);
    directory += "PK\x01\x02" + LittleEndian(20, 2) + common + LittleEndian(0, 12) +
                 LittleEndian(files.size(), 4) + name;
    files += "PK\x03\x04" + common + LittleEndian(0, 2) + name + bytes;
  }
  return files + directory + "PK\x05\x06" + LittleEndian(0, 4) + LittleEndian(members.size(), 2) +
         LittleEndian(members.size(), 2) + LittleEndian(directory.size(), 4) +
         LittleEndian(files.size(), 4) + LittleEndian(0, 2);
}

constexpr const char* kContainer =
    R"(<container><rootfiles><rootfile full-path="p/c.opf"/></rootfiles></container>)";
constexpr const char* kPackage =
    R"(<package><metadata/><manifest><item id="a" href="a.xhtml" )"
    R"(media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>)";

void Read(std::string_view bytes, const std::string& name) {
  const auto book = redraft::audit::ParseBook(bytes, name);
  if (!book) {
    REDRAFT_CHECK(!book.error().message.empty());
    return;
  }
  REDRAFT_CHECK(redraft::FirstInvalidUtf8(book->text) == std::string::npos);
  std::size_t before = 0;
  for (const redraft::audit::Excerpt& excerpt : book->excerpts) {
    REDRAFT_CHECK(excerpt.begin >= before && excerpt.begin <= excerpt.end);
    REDRAFT_CHECK(excerpt.end <= book->text.size());
    before = excerpt.end;
  }
  const auto indexed = redraft::audit::IndexBook(*book, name, {});
  REDRAFT_CHECK(indexed && indexed->shape.starts.size() == indexed->shape.ids.size() + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0:
      Read(text, "book.txt");
      break;
    case 1:
      Read(text, "book.md");
      break;
    case 2:
      Read(text, "book.json");
      break;
    case 3:
      Read("PK\x03\x04" + text, "book.epub");
      break;
    case 4: {
      const auto index = redraft::audit::ParseIndex("RDFTIDX1" + text, "book.idx", {});
      REDRAFT_CHECK(index || !index.error().message.empty());
      break;
    }
    case 5:
      Read(Archive({{"META-INF/container.xml", kContainer},
                    {"p/c.opf", text},
                    {"p/a.xhtml", "<p>Low water.</p>"}}),
           "book.epub");
      break;
    default:
      Read(
          Archive(
              {{"META-INF/container.xml", kContainer}, {"p/c.opf", kPackage}, {"p/a.xhtml", text}}),
          "book.epub");
  }
  return 0;
}
