// The brief reader takes any bytes; what it accepts is a task with limits that make sense.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/core/brief.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto brief = redraft::core::ParseBrief(text);
  if (!brief) {
    REDRAFT_CHECK(!brief.error().message.empty());
    return 0;
  }
  REDRAFT_CHECK(!brief->task.empty());
  REDRAFT_CHECK(brief->min_words >= 0 && brief->max_words >= 0);
  REDRAFT_CHECK(brief->max_words == 0 || brief->min_words <= brief->max_words);
  return 0;
}
