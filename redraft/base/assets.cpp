#include "redraft/base/assets.h"

#include <string>

namespace redraft {

Result<std::string_view> FindAsset(std::string_view name) {
  for (const Asset& asset : Assets()) {
    if (asset.name == name) return asset.bytes;
  }
  return Fail(ErrorCode::kNotFound, "the program holds no file '" + std::string(name) + "'");
}

}  // namespace redraft
