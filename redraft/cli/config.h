#pragma once

// redraft.toml: what a user does not want to type each time. Found in the current folder, or named
// with --config. Flags win over the file. Keys never stand in it: `key_env` names the environment
// variable that holds one.
//
//   [defaults]
//   endpoint = "local"          # a name below, or a URL; without it the embedded model writes
//   llm = "qwen2.5-7b"          # model name at the endpoint, or an embedded model's id or file
//   judge = "reward"
//   db = "./redraft.db"
//
//   [endpoints.local]
//   url = "http://127.0.0.1:8080/v1"
//   model = "qwen2.5-7b"
//   key_env = "OPENAI_API_KEY"
//   concurrency = 16
//   price_in = 0.0              # per million tokens
//   price_out = 0.0

#include <map>
#include <string>

#include "redraft/base/result.h"

namespace redraft::cli {

struct EndpointConfig {
  std::string name, url, model;
  std::string key_env = "OPENAI_API_KEY";
  int concurrency = 16;
  double price_in = 0.0, price_out = 0.0;
};

struct Config {
  std::string endpoint, llm, judge, db;  ///< empty: not set
  std::map<std::string, EndpointConfig> endpoints;
};

/// Reads the text of a redraft.toml; `name` is for messages.
/// Errors: kConfig with line, the unknown key and the nearest known one.
Result<Config> ParseConfig(const std::string& text, const std::string& name);

/// Reads `path`, or ./redraft.toml when it is empty (missing: defaults). Errors: kConfig.
Result<Config> LoadConfig(const std::string& path);

/// The ledger to use: what --db says, else the configuration, else ./redraft.db.
std::string LedgerPath(const std::string& flag, const Config& config);

}  // namespace redraft::cli
