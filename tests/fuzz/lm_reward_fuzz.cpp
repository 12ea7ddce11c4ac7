// The reader of the second reward model takes any bytes; what it accepts, it writes and reads
// again.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/reward/lm_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using redraft::reward::LmReward;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto model = LmReward::Parse(bytes, "fuzz");
  if (!model) return 0;
  for (const double weight : model->data().state) REDRAFT_CHECK(std::isfinite(weight));
  const auto again = LmReward::Parse(model->Serialize(), "again");
  REDRAFT_CHECK(again.has_value());
  REDRAFT_CHECK(again->id() == model->id());
  return 0;
}
