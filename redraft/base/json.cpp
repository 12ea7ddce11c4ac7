#include "redraft/base/json.h"

#include <cmath>

namespace redraft {

Result<Json> ParseJson(std::string_view text) {
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    return Fail(ErrorCode::kInvalidArgument, "not JSON: at byte " + std::to_string(error.byte) +
                                                 " of " + std::to_string(text.size()));
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not JSON: ") + error.what());
  }
}

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json NumberOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace redraft
