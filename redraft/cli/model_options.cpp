#include "redraft/cli/model_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "redraft/cli/model_paths.h"
#include "redraft/judge/lm_judge.h"
#include "redraft/judge/local_judges.h"
#include "redraft/llm/embedded_endpoint.h"
#include "redraft/llm/exec_endpoint.h"
#include "redraft/llm/http.h"
#include "redraft/llm/openai_endpoint.h"
#include "redraft/reward/lm_model.h"
#include "redraft/reward/model.h"

namespace redraft::cli {
namespace {

std::atomic<int> interrupts{0};

void OnInterrupt(int) {
  if (interrupts.fetch_add(1) >= 2) ::_exit(6);
}

const std::shared_ptr<llm::HttpClient>& Http() {
  static const auto http = std::make_shared<llm::HttpClient>();
  return http;
}

/// A judge "reward:URL", or "reward:URL#MODEL" where the server wants a model's name.
struct RewardServer {
  std::string url, model;
  /// The judge's id, without the secrets of a URL.
  std::string id() const {
    return "reward:" + llm::ShownUrl(url) + (model.empty() ? "" : "#" + model);
  }
};
std::optional<RewardServer> RewardServerOf(const std::string& spec) {
  if (!spec.starts_with("reward:http://") && !spec.starts_with("reward:https://")) return {};
  const std::string address = spec.substr(7);
  const std::size_t hash = address.find('#');
  return RewardServer{address.substr(0, hash),
                      hash == std::string::npos ? "" : address.substr(hash + 1)};
}

/// A judge "reward:lm" or "reward:lm:FILE".
bool IsLmReward(const std::string& spec) {
  return spec == "reward:lm" || spec.starts_with("reward:lm:");
}

/// The reader whose weights a model holds; another file of that name is refused, since its readings
/// mean something else.
Result<std::shared_ptr<llm::Endpoint>> OpenReader(const reward::LmReward& model) {
  REDRAFT_ASSIGN(const auto path, ResolveModel(model.data().reader));
  llm::EmbeddedOptions options;
  options.cache_folder = CacheFolder();
  REDRAFT_ASSIGN(auto endpoint, llm::EmbeddedEndpoint::Open(path, options));
  if (endpoint->info().model != model.data().reader_id) {
    return Fail(
        ErrorCode::kConfig,
        fmt::format("{} belongs to the language model {}, but {} is {}; get that file, or "
                    "train again with 'redraft train reward --lm'",
                    model.id(), model.data().reader_id, path.string(), endpoint->info().model));
  }
  return std::shared_ptr<llm::Endpoint>(std::move(endpoint));
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

void DeclareModelFlags(Args& args, ModelFlags& flags) {
  DeclareModels(args, flags);
  args.Group("Judge");
  args.Option(
      "--judge", flags.judge,
      "reward, reward:lm (an embedded model reads the texts, too), reward:FILE, reward:lm:FILE, "
      "reward:URL[#MODEL] (a reward server), llm, rule:shorter, rule:longer, rule:coin or "
      "exec:COMMAND (default reward)");
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

judge::AnswerForm DefaultForm(const ModelChoice& model) {
  return model.embedded() ? judge::AnswerForm::kLabel : judge::AnswerForm::kVerdict;
}

bool AsksModel(const JudgeChoice& judge) {
  return judge.spec == "llm" || IsLmReward(judge.spec) || judge.spec.starts_with("exec:") ||
         RewardServerOf(judge.spec);
}

Result<std::unique_ptr<judge::Judge>> MakeJudge(const JudgeChoice& choice, const core::Pack& pack,
                                                const core::Rubric& rubric) {
  const std::string& spec = choice.spec;
  if (const auto server = RewardServerOf(spec)) return judge::RewardServerJudge(server->id());
  if (IsLmReward(spec)) {
    REDRAFT_ASSIGN(auto model, reward::OpenLmReward(spec));
    return judge::LmJudge(std::make_shared<reward::LmReward>(std::move(model)));
  }
  if (spec == "reward" || spec.starts_with("reward:")) {
    REDRAFT_ASSIGN(auto model, reward::OpenRewardModel(spec));
    return judge::ScorerJudge(std::make_shared<reward::RewardModel>(std::move(model)));
  }
  if (spec.starts_with("rule:")) return judge::RuleJudge(spec.substr(5));
  if (spec.starts_with("exec:") && spec.size() > 5) return judge::ExecJudge(spec.substr(5));
  if (spec == "llm") {
    judge::LlmJudgeOptions options;
    options.model = choice.model;
    options.form = choice.form;
    options.shots = choice.shots;
    options.judge_role = pack.judge_role;
    options.noun = pack.noun;
    options.rubric = rubric.text;
    return judge::LlmJudge(std::move(options));
  }
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("unknown judge '{}'; use reward, reward:FILE, reward:URL, llm, rule:shorter, "
                  "rule:longer, rule:coin or exec:COMMAND",
                  spec));
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
  static const auto http = std::make_shared<llm::HttpClient>();
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

std::string JudgeServer(const JudgeChoice& judge) {
  const auto server = RewardServerOf(judge.spec);
  return server ? llm::ShownUrl(server->url) : "";
}

Result<std::shared_ptr<llm::Endpoint>> OpenJudgeEndpoint(const JudgeChoice& judge,
                                                         const ModelFlags& flags) {
  std::shared_ptr<llm::Endpoint> none;
  if (judge.spec.starts_with("exec:")) {
    return std::make_shared<llm::ExecEndpoint>(judge.spec, judge.spec.substr(5));
  }
  if (IsLmReward(judge.spec)) {
    REDRAFT_ASSIGN(const auto model, reward::OpenLmReward(judge.spec));
    return OpenReader(model);
  }
  const auto server = RewardServerOf(judge.spec);
  if (!server) return none;
  llm::OpenAiOptions options;
  options.name = "reward server";
  options.base_url = server->url;
  options.model = server->model;
  // Only a key that was named for this command: the writer's is not for this server.
  options.key_variable = flags.key_env;
  if (const char* key = std::getenv(flags.key_env.c_str())) options.key = key;
  options.tag_requests = flags.tag_requests;
  REDRAFT_ASSIGN(auto endpoint,
                 llm::OpenAiEndpoint::OpenReward(std::move(options), server->id(), Http()));
  return std::shared_ptr<llm::Endpoint>(std::move(endpoint));
}

Status AddJudgeEndpoints(llm::Client& client, const JudgeChoice& judge, const ModelChoice& model,
                         const ModelFlags& flags) {
  if (judge.spec == "llm") {
    REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(model, flags));
    client.AddEndpoint(std::move(endpoint));
  }
  REDRAFT_ASSIGN(auto endpoint, OpenJudgeEndpoint(judge, flags));
  if (endpoint) client.AddEndpoint(std::move(endpoint));
  return Ok{};
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
