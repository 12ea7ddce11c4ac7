// The CSV reader takes any bytes; every record it hands out has the heading's cells.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/base/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t cells = 0;
  const auto read =
      redraft::ForEachCsvRecord(text, "fuzz", [&](const redraft::Json& record) -> redraft::Status {
        REDRAFT_CHECK(!record.empty());
        REDRAFT_CHECK(cells == 0 || record.size() == cells);
        cells = record.size();
        return redraft::Ok{};
      });
  REDRAFT_CHECK(read || !read.error().message.empty());
  return 0;
}
