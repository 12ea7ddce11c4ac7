#include "redraft/llm/reply_members.h"

#include <fmt/format.h>

namespace redraft::llm {

Result<Json> ReplyJson(std::string_view body) {
  Result<Json> json = ParseJson(body);
  if (json) return json;
  return Fail(ErrorCode::kMalformedReply,
              fmt::format("the reply is not JSON ({} bytes)", body.size()));
}

std::int64_t EstimateTokens(std::size_t bytes) {
  return static_cast<std::int64_t>((bytes + 3) / 4);
}

const Json* Member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(name);
  return it == object.end() || it->is_null() ? nullptr : &*it;
}

std::string StringMember(const Json& object, const char* name) {
  const Json* member = Member(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : "";
}

std::int64_t TokenCount(const Json* usage, const char* name, std::int64_t estimate) {
  const Json* member = usage == nullptr ? nullptr : Member(*usage, name);
  if (member == nullptr || !member->is_number_integer()) return estimate;
  const auto count = member->get<std::int64_t>();  // beyond its range: negative
  constexpr std::int64_t kAbsurd = 100'000'000;
  return count < 0 || count > kAbsurd ? estimate : count;
}

}  // namespace redraft::llm
