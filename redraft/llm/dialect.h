#pragma once

// Dialect: where servers of one format differ. What is known of a model by its name is data
// (data/endpoints/providers.toml); what a server says when it refuses a field is learned.

#include <string>
#include <string_view>

#include "redraft/base/json.h"

namespace redraft::llm {

/// How a server is made to answer in JSON.
enum class JsonMode {
  kSchema,  ///< the schema is enforced
  kObject,  ///< some JSON object; the schema stands in the prompt
  kNone,    ///< only the prompt asks for it
};
const char* ToString(JsonMode mode);

struct Dialect {
  /// More in one call would make one lost reply too dear.
  static constexpr int kMostChoices = 8;

  bool completion_limit =
      false;             ///< "max_completion_tokens" instead of the deprecated "max_tokens"
  bool sampling = true;  ///< takes temperature and top_p
  bool seed = true;
  JsonMode json = JsonMode::kSchema;
  int top_logprobs = 20;  ///< most alternatives per token; OpenAI and vLLM allow 20
  int choices = 1;        ///< most replies of one call ("n"); above 1 only where a probe saw them
  bool operator==(const Dialect&) const = default;

  /// Takes from the words of a refusal (HTTP 400 or 422) which field to leave out or to name
  /// otherwise. False when they say nothing that is not known already: asking again is no use.
  bool Learn(std::string_view refusal);
};

Json ToJson(const Dialect& dialect);
/// What a cached probe says; members that are missing or of another type keep their default.
Dialect DialectFromJson(const Json& json);

}  // namespace redraft::llm
