#include "redraft/cli/model_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "redraft/cli/model_paths.h"
#include "redraft/cli/probe_cache.h"
#include "redraft/llm/embedded_endpoint.h"
#include "redraft/llm/http.h"
#include "redraft/llm/pool_endpoint.h"
#include "redraft/llm/providers.h"
#include "redraft/llm/server_endpoint.h"

namespace redraft::cli {
namespace {

std::atomic<int> interrupts{0};

void OnInterrupt(int) {
  if (interrupts.fetch_add(1) >= 2) ::_exit(6);
}

std::string FirstOf(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

void DeclareModels(Args& args, ModelFlags& flags) {
  args.Group("Models");
  args.Option("--llm", flags.llm,
              "model name at --endpoint, or the id or .gguf file of an embedded model");
  args.Option("--endpoint", flags.endpoint,
              "base URL of a server (…/v1), or the name of an endpoint or pool in redraft.toml; "
              "without it the embedded engine is used");
  args.Option("--key-env", flags.key_env,
              "environment variable that holds the endpoint's key (default: the provider's usual "
              "one, else OPENAI_API_KEY)");
  args.Option("--concurrency", flags.concurrency,
              "most calls in flight at an endpoint (default 16); how many it is given is "
              "found by trying");
  args.Option("--hedge-after", flags.hedge_after,
              "send a request once more that a server has not answered for so many seconds; the "
              "first reply counts, both may cost (default never)");
  args.Option("--config", flags.config, "configuration file (default ./redraft.toml)");
  args.Flag("--tag-requests", flags.tag_requests,
            "send X-Redraft-… headers that tell a scripted server what a request is for");
}

void DeclareBudget(Args& args, ModelFlags& flags) {
  args.Group("Budget (of the whole run, earlier sessions included)");
  args.Option("--max-calls", flags.max_calls, "stop before more tries than this");
  args.Option("--max-tokens", flags.max_tokens, "stop before more tokens than this, in and out");
  args.Option("--max-cost", flags.max_cost, "stop before a higher cost, in the prices' currency");
  args.Option("--max-seconds", flags.max_seconds, "stop after so many seconds of work");
  args.Option("--limit", flags.role_limits,
              "a limit of one role, ROLE:calls|tokens|cost=N, as in judge:cost=2; may be repeated");
}

}  // namespace

const std::shared_ptr<llm::HttpClient>& Http() {
  static const auto http = std::make_shared<llm::HttpClient>();
  return http;
}

void DeclareModelFlags(Args& args, ModelFlags& flags) {
  DeclareModels(args, flags);
  args.Group("Judge");
  args.Option("--judge", flags.judge,
              "reward, reward:lm (an embedded model reads the texts, too), reward:FILE, "
              "reward:lm:FILE, reward:URL[#MODEL] (a reward server), llm, llm:MODEL, rule:shorter, "
              "rule:longer, rule:coin, exec:COMMAND, panel:J+J (together) or cascade:J+J (the "
              "second where it decides) (default reward)");
  args.Flag("--accept-judge", flags.accept_judge, "use the judge unchecked; outputs are marked");
  DeclareBudget(args, flags);
}

void DeclareWriterFlags(Args& args, ModelFlags& flags) {
  DeclareModels(args, flags);
  DeclareBudget(args, flags);
}

namespace {

/// A server with what is known of its host and model filled in.
Result<ServerChoice> Complete(EndpointConfig config, double weight, const ModelFlags& flags,
                              const Config& defaults) {
  config.model = FirstOf(flags.llm, FirstOf(config.model, defaults.llm));
  if (config.model.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--endpoint {} needs --llm MODEL: which model shall it use?",
                            llm::ShownUrl(config.url)));
  }
  const llm::KnownModel known =
      llm::FindKnownModel(config.url, config.model).value_or(llm::KnownModel{});
  ServerChoice server;
  server.dialect = known.dialect;
  server.weight = weight;
  if (!config.format) config.format = known.wire;
  config.key_env = FirstOf(flags.key_env,
                           FirstOf(config.key_env, FirstOf(known.key_variable, "OPENAI_API_KEY")));
  if (!config.prices) {
    config.prices = known.prices;
    server.priced_at = known.priced_at;
  }
  server.config = std::move(config);
  return server;
}

/// The servers behind a name or a URL.
Result<std::vector<ServerChoice>> ServersOf(const std::string& endpoint, const ModelFlags& flags,
                                            const Config& config) {
  std::vector<ServerChoice> servers;
  if (const auto pool = config.pools.find(endpoint); pool != config.pools.end()) {
    for (const auto& [name, weight] : pool->second) {
      REDRAFT_ASSIGN(servers.emplace_back(),
                     Complete(config.endpoints.at(name), weight, flags, config));
    }
    return servers;
  }
  EndpointConfig server{.name = "endpoint", .url = endpoint};
  if (const auto named = config.endpoints.find(endpoint); named != config.endpoints.end()) {
    server = named->second;
  } else if (endpoint.find("://") == std::string::npos) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--endpoint '{}' is neither a URL nor a name in redraft.toml", endpoint));
  }
  REDRAFT_ASSIGN(servers.emplace_back(), Complete(std::move(server), 1.0, flags, config));
  return servers;
}

/// What is true of the servers together.
void Summarise(const std::string& endpoint, const Config& config, ModelChoice& choice) {
  const EndpointConfig& first = choice.servers.front().config;
  choice.name = config.pools.contains(endpoint) ? endpoint : first.name;
  choice.model = first.model;
  choice.key_env = first.key_env;
  choice.concurrency = 0;
  for (const ServerChoice& server : choice.servers) {
    choice.url += (choice.url.empty() ? "" : ", ") + server.config.url;
    choice.concurrency += server.config.concurrency;
    choice.prices.in = std::max(choice.prices.in, server.config.prices->in);
    choice.prices.out = std::max(choice.prices.out, server.config.prices->out);
  }
}

}  // namespace

Result<ModelChoice> ChooseModel(const ModelFlags& flags, const Config& config, Asker asker) {
  ModelChoice choice;
  std::string endpoint = flags.endpoint;
  if (const auto role = config.roles.find(asker); endpoint.empty() && role != config.roles.end()) {
    endpoint = role->second;
  }
  endpoint = FirstOf(endpoint, config.endpoint);
  if (endpoint.empty() || endpoint == "embedded") {
    choice.name = "embedded";
    choice.model = FirstOf(FirstOf(flags.llm, config.llm), kDefaultModel);
    choice.key_env = FirstOf(flags.key_env, "OPENAI_API_KEY");
  } else {
    REDRAFT_ASSIGN(choice.servers, ServersOf(endpoint, flags, config));
    Summarise(endpoint, config, choice);
  }
  if (flags.concurrency) {
    choice.concurrency = *flags.concurrency;
    for (ServerChoice& server : choice.servers) server.config.concurrency = *flags.concurrency;
  }
  if (choice.concurrency < 1 || choice.concurrency > 10'000) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--concurrency is {}; it must be between 1 and 10000", choice.concurrency));
  }
  return choice;
}

Json ToJson(const ModelChoice& choice) {
  return {{"model", choice.model},
          {"url", choice.url},
          {"name", choice.name},
          {"key_env", choice.key_env}};
}

ModelChoice ModelChoiceFromJson(const Json& json) {
  ModelChoice choice;
  choice.model = json.at("model");
  choice.url = json.at("url");
  choice.name = json.at("name");
  choice.key_env = json.at("key_env");
  return choice;
}

Result<ModelChoice> Readdressed(const ModelChoice& recorded, ModelFlags flags, Config config,
                                Asker asker) {
  flags.llm = recorded.model;
  if (flags.key_env.empty()) flags.key_env = recorded.key_env;
  if (flags.endpoint.empty()) {
    const bool named =
        config.endpoints.contains(recorded.name) || config.pools.contains(recorded.name);
    flags.endpoint = recorded.embedded() ? "embedded" : named ? recorded.name : recorded.url;
  }
  return ChooseModel(flags, config, asker);
}

std::string RequestModel(const ModelChoice& choice) {
  return choice.embedded() ? std::filesystem::path(choice.model).filename().string() : choice.model;
}

Result<std::shared_ptr<llm::Endpoint>> OpenEndpoint(const ModelChoice& choice,
                                                    const ModelFlags& flags) {
  if (choice.embedded()) {
    REDRAFT_ASSIGN(const auto path, ResolveModel(choice.model));
    llm::EmbeddedOptions options;
    options.model = RequestModel(choice);
    options.cache_folder = CacheFolder();
    REDRAFT_ASSIGN(auto endpoint, llm::EmbeddedEndpoint::Open(path, options));
    return std::shared_ptr<llm::Endpoint>(std::move(endpoint));
  }
  std::vector<llm::PoolMember> members;
  for (const ServerChoice& server : choice.servers) {
    REDRAFT_ASSIGN(auto endpoint, OpenServer(server, RequestModel(choice), flags));
    members.push_back({std::shared_ptr<llm::Endpoint>(std::move(endpoint)), server.weight});
  }
  if (members.size() == 1) return std::move(members.front().endpoint);
  return std::make_shared<llm::PoolEndpoint>(choice.name, RequestModel(choice), std::move(members));
}

Result<std::unique_ptr<llm::ServerEndpoint>> OpenServer(const ServerChoice& server,
                                                        const std::string& request_model,
                                                        const ModelFlags& flags) {
  const EndpointConfig& config = server.config;
  llm::ServerOptions options;
  options.name = config.name;
  options.wire = *config.format;
  options.base_url = config.url;
  options.model = config.model;
  options.request_model = request_model;
  options.key_variable = config.key_env;
  if (const char* key = std::getenv(config.key_env.c_str())) options.key = key;
  options.ca_file = config.ca_file;
  options.tag_requests = flags.tag_requests;
  options.loglikelihood = config.echo;
  options.embeddings = config.embeddings;
  options.dialect = ProbedDialect(server).value_or(server.dialect);
  options.max_in_flight = config.concurrency;
  options.prices = *config.prices;
  options.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(config.timeout_s * 1000));
  return llm::ServerEndpoint::Open(std::move(options), Http());
}

namespace {

/// "judge:cost=2". Errors: kInvalidArgument.
Status ReadRoleLimit(const std::string& text, llm::Budget& budget) {
  const std::size_t colon = text.find(':'), equals = text.find('=');
  const Status unreadable =
      Fail(ErrorCode::kInvalidArgument,
           fmt::format("--limit '{}' is not ROLE:calls|tokens|cost=N, as in judge:cost=2", text));
  if (colon == std::string::npos || equals == std::string::npos || equals < colon)
    return unreadable;
  const auto role = core::ParseRole(text.substr(0, colon));
  const std::string unit = text.substr(colon + 1, equals - colon - 1);
  const std::string number = text.substr(equals + 1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (!role || error != std::errc() || end != number.data() + number.size() ||
      !std::isfinite(value) || value < 0.0 || value > 1e15) {
    return unreadable;
  }
  if (budget.of(*role) == nullptr) budget.by_role.emplace_back(*role, llm::Limits{});
  llm::Limits& limits =
      std::ranges::find(budget.by_role, *role, &std::pair<core::Role, llm::Limits>::first)->second;
  if (unit == "calls") {
    limits.max_calls = static_cast<std::int64_t>(value);
  } else if (unit == "tokens") {
    limits.max_tokens = static_cast<std::int64_t>(value);
  } else if (unit == "cost") {
    limits.max_cost = value;
  } else {
    return unreadable;
  }
  return Ok{};
}

}  // namespace

Result<llm::ClientOptions> ClientOptionsFor(const ModelFlags& flags, const ModelChoice& choice,
                                            std::uint64_t seed) {
  llm::ClientOptions options;
  options.budget.max_calls = flags.max_calls;
  options.budget.max_tokens = flags.max_tokens;
  options.budget.max_cost = flags.max_cost;
  options.budget.max_seconds = flags.max_seconds;
  for (const std::string& limit : flags.role_limits) {
    REDRAFT_RETURN_IF_ERROR(ReadRoleLimit(limit, options.budget));
  }
  if (flags.hedge_after) {
    constexpr double kLongest = 86'400;
    if (!(*flags.hedge_after > 0.0 && *flags.hedge_after <= kLongest)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("--hedge-after is {:g}; it must be above 0 and at most {:g} seconds",
                              *flags.hedge_after, kLongest));
    }
    options.hedge_after =
        std::chrono::milliseconds(static_cast<std::int64_t>(*flags.hedge_after * 1000));
  }
  options.concurrency = choice.concurrency;
  options.interrupts = InterruptCount();
  options.seed = seed;
  return options;
}

const std::atomic<int>* InterruptCount() {
  static const bool installed = [] {
    struct sigaction action{};
    action.sa_handler = OnInterrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return true;
  }();
  static_cast<void>(installed);
  return &interrupts;
}

}  // namespace redraft::cli
