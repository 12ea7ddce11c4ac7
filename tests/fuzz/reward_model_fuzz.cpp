// The reader of reward model files takes any bytes; what it accepts scores a text with a number.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/reward/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto model = redraft::reward::RewardModel::Parse(bytes, "fuzz");
  if (!model) return 0;
  REDRAFT_CHECK(
      std::isfinite(model->Compare("The gate was shut.", "The gate was open, and cold.")));
  return 0;
}
