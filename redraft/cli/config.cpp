#include "redraft/cli/config.h"

#include <fmt/format.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/toml.h"

namespace redraft::cli {
namespace {

Status ReadText(const Json& table, const char* key, std::string& target, const std::string& where) {
  const auto it = table.find(key);
  if (it == table.end()) return Ok{};
  if (!it->is_string()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}.{} must be a string", where, key));
  }
  target = it->get<std::string>();
  return Ok{};
}

template <class T>
Status ReadNumber(const Json& table, const char* key, T& target, double least,
                  const std::string& where) {
  const auto it = table.find(key);
  if (it == table.end()) return Ok{};
  if (!it->is_number() || it->template get<double>() < least) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}.{} must be a number of at least {}", where, key, least));
  }
  target = it->template get<T>();
  return Ok{};
}

Result<EndpointConfig> ReadEndpoint(const Json& table, const std::string& name,
                                    const std::string& where) {
  REDRAFT_RETURN_IF_ERROR(
      CheckKeys(table, {"url", "model", "key_env", "concurrency", "price_in", "price_out"}, where));
  EndpointConfig endpoint;
  endpoint.name = name;
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "url", endpoint.url, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "model", endpoint.model, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "key_env", endpoint.key_env, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "concurrency", endpoint.concurrency, 1, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "price_in", endpoint.price_in, 0, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "price_out", endpoint.price_out, 0, where));
  if (endpoint.url.empty()) {
    return Fail(ErrorCode::kInvalidArgument, where + " needs a url");
  }
  return endpoint;
}

Result<Config> Read(const std::string& text, const std::string& name) {
  REDRAFT_ASSIGN(const Json json, ParseToml(text, name));
  REDRAFT_RETURN_IF_ERROR(CheckKeys(json, {"defaults", "endpoints"}, name));
  Config config;
  const Json defaults = json.value("defaults", Json::object());
  const std::string where = name + ": [defaults]";
  REDRAFT_RETURN_IF_ERROR(CheckKeys(defaults, {"endpoint", "llm", "judge", "db"}, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(defaults, "endpoint", config.endpoint, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(defaults, "llm", config.llm, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(defaults, "judge", config.judge, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(defaults, "db", config.db, where));
  const Json endpoints = json.value("endpoints", Json::object());
  for (const auto& [key, table] : endpoints.items()) {
    REDRAFT_ASSIGN(config.endpoints[key],
                   ReadEndpoint(table, key, fmt::format("{}: [endpoints.{}]", name, key)));
  }
  return config;
}

}  // namespace

Result<Config> ParseConfig(const std::string& text, const std::string& name) {
  Result<Config> config = Read(text, name);
  if (!config) return Fail(ErrorCode::kConfig, config.error().message);
  return config;
}

Result<Config> LoadConfig(const std::string& path) {
  const std::string file = path.empty() ? "redraft.toml" : path;
  if (path.empty() && !std::filesystem::exists(file)) return Config{};
  const Result<std::string> text = ReadFile(file, 1 << 20);
  if (!text) return Fail(ErrorCode::kConfig, text.error().message);
  return ParseConfig(*text, file);
}

std::string LedgerPath(const std::string& flag, const Config& config) {
  if (!flag.empty()) return flag;
  return config.db.empty() ? "./redraft.db" : config.db;
}

}  // namespace redraft::cli
