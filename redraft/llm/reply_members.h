#pragma once

// What every server's reply is read with: members that may be missing, counts that may be absurd.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "redraft/base/json.h"
#include "redraft/base/result.h"

namespace redraft::llm {

/// A reply's body. Errors: kMalformedReply.
Result<Json> ReplyJson(std::string_view body);

/// The member if `object` is an object that has it, not null; else nullptr.
const Json* Member(const Json& object, const char* name);

/// A string member; empty when there is none.
std::string StringMember(const Json& object, const char* name);

/// Tokens in so many bytes of English, about.
std::int64_t EstimateTokens(std::size_t bytes);

/// The count `name` of a reply's `usage` (may be nullptr); `estimate` when it is absent or absurd.
std::int64_t TokenCount(const Json* usage, const char* name, std::int64_t estimate);

}  // namespace redraft::llm
