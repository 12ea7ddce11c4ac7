#pragma once

// From flags and redraft.toml to endpoints and client: what every command that asks a model shares.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redraft/cli/args.h"
#include "redraft/cli/config.h"
#include "redraft/llm/client.h"
#include "redraft/llm/http.h"
#include "redraft/llm/server_endpoint.h"

namespace redraft::cli {

/// The default writer, and the one of --small.
inline constexpr const char* kDefaultModel = "qwen2.5-coder-1.5b-instruct";
inline constexpr const char* kSmallModel = "smollm2-135m-instruct";

/// What the user typed. Empty: not given.
struct ModelFlags {
  std::string config;
  std::string endpoint, llm, judge;
  std::string key_env;
  std::optional<int> concurrency;
  std::optional<std::int64_t> max_calls, max_tokens;
  std::optional<double> max_cost, max_seconds, hedge_after;
  std::vector<std::string> role_limits;
  bool tag_requests = false;
  bool accept_judge = false;
};

/// Declares the flags.
void DeclareModelFlags(Args& args, ModelFlags& flags);
/// The same for commands in which models write and none judges: without the judge's.
void DeclareWriterFlags(Args& args, ModelFlags& flags);

/// One server that answers for a model, with everything that is known of it.
struct ServerChoice {
  EndpointConfig config;  ///< with format, key_env, model and prices set
  llm::Dialect dialect;
  std::string priced_at;  ///< date of the prices; empty: the user's own, or none
  double weight = 1.0;
};

/// Flags and redraft.toml, resolved. A run keeps `url` and `model` in its manifest.
struct ModelChoice {
  std::string name;   ///< of the endpoint or pool, for messages
  std::string url;    ///< of the server; of several, with commas; empty: the embedded engine
  std::string model;  ///< as given to the endpoint, or the embedded model's id or file
  std::string key_env;
  std::vector<ServerChoice> servers;  ///< one, or those of a pool
  int concurrency = 16;               ///< of all together
  llm::Prices prices;                 ///< the highest
  bool embedded() const { return url.empty(); }
};
/// Errors: kInvalidArgument for what is neither a URL nor a name, and a server without a model.
Result<ModelChoice> ChooseModel(const ModelFlags& flags, const Config& config,
                                Asker asker = Asker::kWriter);

/// For a run's manifest, without what does not matter to it: {"model","url","name","key_env"}.
Json ToJson(const ModelChoice& choice);
/// Throws Json::exception for a value of another shape.
ModelChoice ModelChoiceFromJson(const Json& json);
/// The model of a manifest at the address, key and prices that flags and configuration now give
/// it. Errors: as ChooseModel.
Result<ModelChoice> Readdressed(const ModelChoice& recorded, ModelFlags flags, Config config,
                                Asker asker = Asker::kWriter);

/// Opens the endpoint of a choice. The embedded engine loads its model here, so open it only when
/// something is left to ask. `model_name` of the result is what requests must name.
/// Errors: kConfig for models and URLs; kUnavailable … when used.
Result<std::shared_ptr<llm::Endpoint>> OpenEndpoint(const ModelChoice& choice,
                                                    const ModelFlags& flags);

/// Opens one of a choice's servers; requests name its model `request_model`. Errors: kConfig.
Result<std::unique_ptr<llm::ServerEndpoint>> OpenServer(const ServerChoice& server,
                                                        const std::string& request_model,
                                                        const ModelFlags& flags);

/// The HTTP client of this process.
const std::shared_ptr<llm::HttpClient>& Http();

/// What Request::model says for a choice, without opening anything: the model's name at a server,
/// the id (or file name) of an embedded one.
std::string RequestModel(const ModelChoice& choice);

/// Client options from the flags; interrupts are those of InterruptCount().
/// Errors: kInvalidArgument for a limit of a role that cannot be read.
Result<llm::ClientOptions> ClientOptionsFor(const ModelFlags& flags, const ModelChoice& choice,
                                            std::uint64_t seed);

/// Counts SIGINT and SIGTERM from the first call on; the third ends the process with status 6.
const std::atomic<int>* InterruptCount();

}  // namespace redraft::cli
