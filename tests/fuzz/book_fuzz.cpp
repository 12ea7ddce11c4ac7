// The reader of books takes any bytes, and EPUB archives whose package file and chapter are any
// bytes: it ends, and what it accepts is UTF-8 with excerpts that lie in the text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "redraft/audit/book.h"
#include "redraft/audit/index_file.h"
#include "redraft/base/check.h"
#include "redraft/base/file.h"
#include "tests/fuzz/stored_zip.h"

namespace {

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
      Read(redraft::StoredZip({{"META-INF/container.xml", kContainer},
                               {"p/c.opf", text},
                               {"p/a.xhtml", "<p>Low water.</p>"}}),
           "book.epub");
      break;
    default:
      Read(
          redraft::StoredZip(
              {{"META-INF/container.xml", kContainer}, {"p/c.opf", kPackage}, {"p/a.xhtml", text}}),
          "book.epub");
  }
  return 0;
}
