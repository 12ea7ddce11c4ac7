#include "redraft/llm/dialect.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "redraft/llm/reply_members.h"

namespace redraft::llm {
namespace {

constexpr std::array kModes = {JsonMode::kSchema, JsonMode::kObject, JsonMode::kNone};

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

/// Whether the words are about a field that the server does not take, rather than about its value
/// in this request.
bool Unknown(const std::string& words) {
  constexpr std::array kSigns = {"unsupported", "not supported",  "not support", "unrecognized",
                                 "unknown",     "unexpected",     "deprecated",  "not permitted",
                                 "not allowed", "cannot be used", "unavailable", "invalid schema"};
  return std::ranges::any_of(
      kSigns, [&](const char* sign) { return words.find(sign) != std::string::npos; });
}

}  // namespace

const char* ToString(JsonMode mode) {
  return mode == JsonMode::kSchema ? "schema" : mode == JsonMode::kObject ? "object" : "none";
}

bool Dialect::Learn(std::string_view refusal) {
  const std::string words = LowerCase(refusal);
  const auto says = [&](const char* word) { return words.find(word) != std::string::npos; };
  Dialect learned = *this;
  if (says("max_completion_tokens")) {
    learned.completion_limit = true;
  } else if (says("top_logprobs")) {
    constexpr int kFewer = 5;  // what the strictest servers with log-probabilities allow
    learned.top_logprobs = std::min(top_logprobs, kFewer);
  } else if (Unknown(words)) {
    if (says("temperature") || says("top_p")) {
      learned.sampling = false;
    } else if (says("response_format") || says("json_schema")) {
      learned.json = json == JsonMode::kSchema ? JsonMode::kObject : JsonMode::kNone;
    } else if (says("seed")) {
      learned.seed = false;
    }
  }
  return learned != std::exchange(*this, learned);
}

Json ToJson(const Dialect& dialect) {
  return {{"completion_limit", dialect.completion_limit},
          {"sampling", dialect.sampling},
          {"seed", dialect.seed},
          {"json", ToString(dialect.json)},
          {"top_logprobs", dialect.top_logprobs},
          {"choices", dialect.choices}};
}

Dialect DialectFromJson(const Json& json) {
  Dialect dialect;
  const auto read = [&json](const char* name, bool& target) {
    const Json* member = Member(json, name);
    if (member != nullptr && member->is_boolean()) target = member->get<bool>();
  };
  read("completion_limit", dialect.completion_limit);
  read("sampling", dialect.sampling);
  read("seed", dialect.seed);
  const std::string mode = StringMember(json, "json");
  for (const JsonMode known : kModes) {
    if (mode == ToString(known)) dialect.json = known;
  }
  const auto read_count = [&json](const char* name, int most, int& target) {
    const Json* member = Member(json, name);
    if (member != nullptr && member->is_number_integer()) {
      target = std::clamp(member->get<int>(), 1, most);
    }
  };
  read_count("top_logprobs", Dialect{}.top_logprobs, dialect.top_logprobs);
  read_count("choices", Dialect::kMostChoices, dialect.choices);
  return dialect;
}

}  // namespace redraft::llm
