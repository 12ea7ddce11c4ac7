#pragma once

// redraft.toml: what a user does not want to type each time. Found in the current folder, or named
// with --config. Flags win over the environment (REDRAFT_ENDPOINT, REDRAFT_LLM, REDRAFT_JUDGE,
// REDRAFT_DB), which wins over the file. Keys never stand in it: `key_env` names the environment
// variable that holds one.
//
//   [defaults]
//   endpoint = "local"          # an endpoint or pool below, or a URL; else the embedded model
//   llm = "qwen2.5-7b"          # model name at the endpoint, or an embedded model's id or file
//   judge = "reward"
//   db = "./redraft.db"
//
//   [endpoints.local]
//   url = "http://127.0.0.1:8080/v1"
//   model = "qwen2.5-7b"
//   format = "openai"           # or "anthropic"; known hosts need neither this nor key_env
//   key_env = "OPENAI_API_KEY"
//   concurrency = 16            # most calls in flight
//   timeout = 600               # seconds for one try
//   ca_file = "our-ca.pem"      # authorities to trust instead of the system's
//   price_in = 0.0              # per million tokens; also price_out, price_cache_read,
//   price_out = 0.0             # price_cache_write. Known models have them (providers.toml)
//   embeddings = false          # it has /embeddings
//   echo = false                # it has /completions with "echo"
//
//   [pools.farm]                # several endpoints with the same model, as one
//   members = { local = 2, other = 1 }   # and their weights
//
//   [roles]                     # who answers what, where it is not `defaults.endpoint`
//   writer = "farm"             # an endpoint, a pool, a URL or "embedded"
//   judge = "claude"            # of --judge llm
//   editor = "local"

#include <map>
#include <optional>
#include <string>

#include "redraft/base/result.h"
#include "redraft/llm/endpoint.h"
#include "redraft/llm/wire_format.h"

namespace redraft::cli {

struct EndpointConfig {
  std::string name, url, model;
  std::optional<llm::Wire> format;  ///< absent: what is known of the host, else openai
  std::string key_env;              ///< empty: what is known of the host, else OPENAI_API_KEY
  std::string ca_file;              ///< empty: the system's authorities
  int concurrency = 16;
  double timeout_s = 600.0;
  std::optional<llm::Prices> prices;  ///< absent: what is known of the model
  bool embeddings = false, echo = false;
};

/// The endpoints that answer for one model, by name, and their weights.
using PoolConfig = std::map<std::string, double>;

/// Who asks a model.
enum class Asker { kWriter, kJudge, kEditor };
const char* ToString(Asker asker);

struct Config {
  std::string endpoint, llm, judge, db;  ///< empty: not set
  std::map<std::string, EndpointConfig> endpoints;
  std::map<std::string, PoolConfig> pools;
  std::map<Asker, std::string> roles;
};

/// Reads the text of a redraft.toml; `name` is for messages.
/// Errors: kConfig with line, the unknown key and the nearest known one; for a pool of unknown
/// endpoints; for a name of both an endpoint and a pool.
Result<Config> ParseConfig(const std::string& text, const std::string& name);

/// Reads `path`, or ./redraft.toml when it is empty (missing: defaults), and then the environment.
/// Errors: kConfig.
Result<Config> LoadConfig(const std::string& path);

/// The ledger to use: what --db says, else the configuration, else ./redraft.db.
std::string LedgerPath(const std::string& flag, const Config& config);

}  // namespace redraft::cli
