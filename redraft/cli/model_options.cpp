#include "redraft/cli/model_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "redraft/cli/model_paths.h"
#include "redraft/llm/embedded_endpoint.h"
#include "redraft/llm/http.h"
#include "redraft/llm/openai_endpoint.h"

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
              "OpenAI-compatible base URL (…/v1), or a name in redraft.toml; without it the "
              "embedded engine is used");
  args.Option("--key-env", flags.key_env,
              "environment variable that holds the endpoint's key (default OPENAI_API_KEY)");
  args.Option("--concurrency", flags.concurrency, "calls in flight at an endpoint (default 16)");
  args.Option("--config", flags.config, "configuration file (default ./redraft.toml)");
  args.Flag("--tag-requests", flags.tag_requests,
            "send X-Redraft-… headers that tell a scripted server what a request is for");
}

void DeclareBudget(Args& args, ModelFlags& flags) {
  args.Group("Budget (of the whole run, earlier sessions included)");
  args.Option("--max-calls", flags.max_calls, "stop before more tries than this");
  args.Option("--max-tokens", flags.max_tokens, "stop before more tokens than this, in and out");
  args.Option("--max-cost", flags.max_cost, "stop before a higher cost, in the prices' currency");
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
              "second where the first is unsure) (default reward)");
  args.Flag("--accept-judge", flags.accept_judge, "use the judge unchecked; outputs are marked");
  DeclareBudget(args, flags);
}

void DeclareWriterFlags(Args& args, ModelFlags& flags) {
  DeclareModels(args, flags);
  DeclareBudget(args, flags);
}

Result<ModelChoice> ChooseModel(const ModelFlags& flags, const Config& config) {
  ModelChoice choice;
  const std::string endpoint = FirstOf(flags.endpoint, config.endpoint);
  choice.key_env = FirstOf(flags.key_env, "OPENAI_API_KEY");
  choice.model = FirstOf(flags.llm, config.llm);
  if (const auto named = config.endpoints.find(endpoint); named != config.endpoints.end()) {
    const EndpointConfig& c = named->second;
    choice.name = c.name;
    choice.url = c.url;
    choice.model = FirstOf(flags.llm, FirstOf(c.model, config.llm));
    choice.key_env = FirstOf(flags.key_env, c.key_env);
    choice.concurrency = c.concurrency;
    choice.price_in = c.price_in;
    choice.price_out = c.price_out;
  } else if (!endpoint.empty()) {
    if (endpoint.find("://") == std::string::npos) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("--endpoint '{}' is neither a URL nor a name in redraft.toml", endpoint));
    }
    choice.name = "endpoint";
    choice.url = endpoint;
  }
  if (!choice.embedded() && choice.model.empty()) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--endpoint {} needs --llm MODEL: which model shall it use?", choice.url));
  }
  if (choice.embedded()) {
    choice.name = "embedded";
    if (choice.model.empty()) choice.model = kDefaultModel;
  }
  if (flags.concurrency) choice.concurrency = *flags.concurrency;
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

Result<ModelChoice> Readdressed(const ModelChoice& recorded, ModelFlags flags, Config config) {
  flags.llm = recorded.model;
  if (flags.key_env.empty()) flags.key_env = recorded.key_env;
  if (flags.endpoint.empty()) {
    flags.endpoint = config.endpoints.contains(recorded.name) ? recorded.name : recorded.url;
  }
  config.endpoint.clear();
  return ChooseModel(flags, config);
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
  llm::OpenAiOptions options;
  options.name = choice.name;
  options.base_url = choice.url;
  options.model = choice.model;
  options.key_variable = choice.key_env;
  if (const char* key = std::getenv(choice.key_env.c_str())) options.key = key;
  options.tag_requests = flags.tag_requests;
  options.max_in_flight = choice.concurrency;
  options.price_in = choice.price_in;
  options.price_out = choice.price_out;
  REDRAFT_ASSIGN(auto endpoint, llm::OpenAiEndpoint::Open(std::move(options), Http()));
  return std::shared_ptr<llm::Endpoint>(std::move(endpoint));
}

llm::ClientOptions ClientOptionsFor(const ModelFlags& flags, const ModelChoice& choice,
                                    std::uint64_t seed) {
  llm::ClientOptions options;
  options.budget = {flags.max_calls, flags.max_tokens, flags.max_cost};
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
