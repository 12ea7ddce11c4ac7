#include "redraft/llm/wire_format.h"

#include <fmt/format.h>

#include <array>

#include "redraft/llm/anthropic_format.h"
#include "redraft/llm/openai_format.h"
#include "redraft/llm/reward_format.h"
#include "redraft/llm/server_error.h"

namespace redraft::llm {

const char* ToString(Wire wire) {
  return wire == Wire::kOpenAi ? "openai" : wire == Wire::kAnthropic ? "anthropic" : "reward";
}

Result<Wire> ParseWire(std::string_view name) {
  for (const Wire wire : {Wire::kOpenAi, Wire::kAnthropic, Wire::kReward}) {
    if (name == ToString(wire)) return wire;
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no format of a server; use openai or anthropic", name));
}

Result<std::unique_ptr<WireFormat>> MakeWireFormat(Wire wire, std::string_view base_url,
                                                   const std::string& model) {
  REDRAFT_ASSIGN(std::string base, BaseUrl(base_url));
  switch (wire) {
    case Wire::kOpenAi:
      return OpenAiFormat(std::move(base), model);
    case Wire::kAnthropic:
      return AnthropicFormat(std::move(base), model);
    case Wire::kReward:
      break;
  }
  return RewardFormat(std::string(base_url), model);
}

Result<std::string> BaseUrl(std::string_view base_url) {
  std::string_view rest = base_url;
  const bool secure = rest.starts_with("https://");
  if (!secure && !rest.starts_with("http://")) {
    return Fail(ErrorCode::kConfig,
                fmt::format("'{}' is not a base URL; write it like http://127.0.0.1:8080/v1",
                            OneLine(base_url)));
  }
  const std::size_t host = secure ? 8 : 7;
  const auto trim = [&rest](std::string_view suffix) {
    if (!rest.ends_with(suffix)) return false;
    rest.remove_suffix(suffix.size());
    return true;
  };
  while (rest.size() > host && trim("/")) {
  }
  if (!trim("/chat/completions")) trim("/messages");
  while (rest.size() > host && trim("/")) {
  }
  if (rest.size() <= host || rest[host] == '/' ||
      rest.find_first_of("?# \t\r\n") != std::string_view::npos) {
    return Fail(ErrorCode::kConfig,
                "the base URL needs a host and takes no query; write it like "
                "http://127.0.0.1:8080/v1");
  }
  const bool has_path = rest.find('/', host) != std::string_view::npos;
  return std::string(rest) + (has_path ? "" : "/v1");
}

}  // namespace redraft::llm
