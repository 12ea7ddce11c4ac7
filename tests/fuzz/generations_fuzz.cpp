// The reader of generations takes any bytes: it ends, its parts fit together, its texts are UTF-8,
// and how the bytes come in pieces changes nothing.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "redraft/audit/generation_stream.h"
#include "redraft/base/check.h"
#include "redraft/base/file.h"

namespace {

using redraft::audit::ByteSource;
using redraft::audit::GenerationRecord;
using redraft::audit::GenerationStream;

/// Everything read, in one string; the error at the end.
std::string ReadAll(ByteSource source) {
  GenerationStream stream("fuzz", std::move(source));
  GenerationRecord record;
  std::string all;
  for (;;) {
    const redraft::Result<bool> more = stream.Next(record);
    if (!more) {
      REDRAFT_CHECK(!more.error().message.empty());
      return all + "\nerror " + more.error().message;
    }
    if (!*more) return all;
    std::size_t before = 0;
    for (const std::size_t end : record.ends) {
      REDRAFT_CHECK(end >= before && end <= record.texts.size());
      before = end;
    }
    REDRAFT_CHECK(before == record.texts.size());
    REDRAFT_CHECK(redraft::FirstInvalidUtf8(record.texts) == std::string::npos);
    REDRAFT_CHECK(redraft::FirstInvalidUtf8(record.id) == std::string::npos);
    all += "\n" + record.id + "\n" + record.instruction + "\n" + record.texts;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ByteSource bytewise =
      [left = text](char* out, std::size_t room) mutable -> redraft::Result<std::size_t> {
    const std::size_t n = std::min<std::size_t>({room, left.size(), 1});
    std::memcpy(out, left.data(), n);
    left.remove_prefix(n);
    return n;
  };
  REDRAFT_CHECK(ReadAll(redraft::audit::BytesOf(text)) == ReadAll(bytewise));
  return 0;
}
