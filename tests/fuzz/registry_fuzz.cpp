// The model registry reader takes any bytes; what it accepts keeps its promises.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/gguf/registry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto registry = redraft::gguf::ParseRegistry(text, "fuzz");
  if (!registry) return 0;
  for (const auto& model : *registry) {
    REDRAFT_CHECK(model.file.find('/') == std::string::npos);
    REDRAFT_CHECK(model.sha256.size() == 64);
    REDRAFT_CHECK(!model.sources.empty());
    REDRAFT_CHECK(redraft::gguf::FindModel(*registry, model.id)->file == model.file);
    for (const auto& source : model.sources) {
      std::uint64_t bytes = 0;
      for (const auto& part : source.parts) bytes += part.bytes;
      REDRAFT_CHECK(source.parts.empty() || bytes == model.bytes);
    }
  }
  return 0;
}
