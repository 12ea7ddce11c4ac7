// Configuration files: the TOML door and the check of keys take any bytes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/base/toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = redraft::ParseToml(text, "fuzz");
  if (!document) {
    REDRAFT_CHECK(document.error().message.find("fuzz:") == 0);
    return 0;
  }
  REDRAFT_CHECK(document->is_object());
  std::vector<std::string> keys;
  for (const auto& [key, value] : document->items()) keys.push_back(key);
  REDRAFT_CHECK(redraft::CheckKeys(*document, keys, "fuzz").has_value());
  const auto status = redraft::CheckKeys(*document, {"endpoint", "judge"}, "fuzz");
  REDRAFT_CHECK(status.has_value() || !status.error().message.empty());
  REDRAFT_CHECK(!redraft::DumpJson(*document).empty());
  return 0;
}
