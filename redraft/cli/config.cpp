#include "redraft/cli/config.h"

#include <fmt/format.h>

#include <cstdlib>
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

Status ReadBool(const Json& table, const char* key, bool& target, const std::string& where) {
  const auto it = table.find(key);
  if (it == table.end()) return Ok{};
  if (!it->is_boolean()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}.{} must be true or false", where, key));
  }
  target = it->get<bool>();
  return Ok{};
}

Result<std::optional<llm::Prices>> ReadPrices(const Json& table, const std::string& where) {
  std::optional<llm::Prices> none;
  llm::Prices prices;
  double cache_read = -1.0, cache_write = -1.0;
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "price_in", prices.in, 0, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "price_out", prices.out, 0, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "price_cache_read", cache_read, 0, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "price_cache_write", cache_write, 0, where));
  if (cache_read >= 0.0) prices.cache_read = cache_read;
  if (cache_write >= 0.0) prices.cache_write = cache_write;
  if (!table.contains("price_in") && !table.contains("price_out")) return none;
  return std::optional(prices);
}

Result<EndpointConfig> ReadEndpoint(const Json& table, const std::string& name,
                                    const std::string& where) {
  REDRAFT_RETURN_IF_ERROR(CheckKeys(
      table,
      {"url", "model", "format", "key_env", "concurrency", "timeout", "price_in", "price_out",
       "price_cache_read", "price_cache_write", "embeddings", "echo", "ca_file"},
      where));
  EndpointConfig endpoint;
  endpoint.name = name;
  std::string format;
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "url", endpoint.url, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "model", endpoint.model, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "format", format, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "key_env", endpoint.key_env, where));
  REDRAFT_RETURN_IF_ERROR(ReadText(table, "ca_file", endpoint.ca_file, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "concurrency", endpoint.concurrency, 1, where));
  REDRAFT_RETURN_IF_ERROR(ReadNumber(table, "timeout", endpoint.timeout_s, 1, where));
  REDRAFT_RETURN_IF_ERROR(ReadBool(table, "embeddings", endpoint.embeddings, where));
  REDRAFT_RETURN_IF_ERROR(ReadBool(table, "echo", endpoint.echo, where));
  REDRAFT_ASSIGN(endpoint.prices, ReadPrices(table, where));
  if (!format.empty()) {
    auto wire = llm::ParseWire(format);
    if (!wire) return Fail(std::move(wire).error().Within(where + ".format"));
    endpoint.format = *wire;
  }
  if (endpoint.url.empty()) {
    return Fail(ErrorCode::kInvalidArgument, where + " needs a url");
  }
  return endpoint;
}

Result<PoolConfig> ReadPool(const Json& table, const Config& config, const std::string& where) {
  REDRAFT_RETURN_IF_ERROR(CheckKeys(table, {"members"}, where));
  PoolConfig pool;
  const Json members = table.value("members", Json::object());
  for (const auto& [name, weight] : members.items()) {
    const auto endpoint = config.endpoints.find(name);
    if (endpoint == config.endpoints.end()) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}.members.{} is no endpoint; write [endpoints.{}]", where, name, name));
    }
    if (!weight.is_number() || weight.get<double>() <= 0.0) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}.members.{} must be a weight above 0", where, name));
    }
    pool[name] = weight.get<double>();
  }
  if (pool.empty()) return Fail(ErrorCode::kInvalidArgument, where + " needs members");
  return pool;
}

Result<Config> Read(const std::string& text, const std::string& name) {
  REDRAFT_ASSIGN(const Json json, ParseToml(text, name));
  REDRAFT_RETURN_IF_ERROR(CheckKeys(json, {"defaults", "endpoints", "pools", "roles"}, name));
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
  const Json pools = json.value("pools", Json::object());
  for (const auto& [key, table] : pools.items()) {
    const std::string pool = fmt::format("{}: [pools.{}]", name, key);
    if (config.endpoints.contains(key)) {
      return Fail(ErrorCode::kInvalidArgument, pool + " has the name of an endpoint");
    }
    REDRAFT_ASSIGN(config.pools[key], ReadPool(table, config, pool));
  }
  const Json roles = json.value("roles", Json::object());
  REDRAFT_RETURN_IF_ERROR(CheckKeys(roles, {"writer", "judge", "editor"}, name + ": [roles]"));
  for (const Asker asker : {Asker::kWriter, Asker::kJudge, Asker::kEditor}) {
    if (!roles.contains(ToString(asker))) continue;
    REDRAFT_RETURN_IF_ERROR(
        ReadText(roles, ToString(asker), config.roles[asker], name + ": [roles]"));
  }
  return config;
}

void ReadEnvironment(Config& config) {
  const auto read = [](const char* name, std::string& target) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return false;
    target = value;
    return true;
  };
  if (read("REDRAFT_ENDPOINT", config.endpoint)) config.roles.clear();
  read("REDRAFT_LLM", config.llm);
  read("REDRAFT_JUDGE", config.judge);
  read("REDRAFT_DB", config.db);
}

Result<Config> ReadConfigFile(const std::string& path) {
  const std::string file = path.empty() ? "redraft.toml" : path;
  if (path.empty() && !std::filesystem::exists(file)) return Config{};
  const Result<std::string> text = ReadFile(file, 1 << 20);
  if (!text) return Fail(ErrorCode::kConfig, text.error().message);
  return ParseConfig(*text, file);
}

}  // namespace

Result<Config> ParseConfig(const std::string& text, const std::string& name) {
  Result<Config> config = Read(text, name);
  if (!config) return Fail(ErrorCode::kConfig, config.error().message);
  return config;
}

Result<Config> LoadConfig(const std::string& path) {
  REDRAFT_ASSIGN(Config config, ReadConfigFile(path));
  ReadEnvironment(config);
  return config;
}

const char* ToString(Asker asker) {
  return asker == Asker::kWriter ? "writer" : asker == Asker::kJudge ? "judge" : "editor";
}

std::string LedgerPath(const std::string& flag, const Config& config) {
  if (!flag.empty()) return flag;
  return config.db.empty() ? "./redraft.db" : config.db;
}

}  // namespace redraft::cli
