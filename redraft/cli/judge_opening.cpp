#include "redraft/cli/judge_opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "redraft/cli/model_paths.h"
#include "redraft/judge/compound_judges.h"
#include "redraft/judge/lm_judge.h"
#include "redraft/judge/local_judges.h"
#include "redraft/llm/embedded_endpoint.h"
#include "redraft/llm/exec_endpoint.h"
#include "redraft/llm/server_endpoint.h"
#include "redraft/reward/model.h"

namespace redraft::cli {
namespace {

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

/// What a single judge asks that is no LLM; null: nothing.
Result<std::shared_ptr<llm::Endpoint>> OpenOther(const JudgeChoice& judge,
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
  llm::ServerOptions options;
  options.name = "reward server";
  options.wire = llm::Wire::kReward;
  options.request_model = server->id();
  options.base_url = server->url;
  options.model = server->model;
  // Only a key that was named for this command: the writer's is not for this server.
  options.key_variable = flags.key_env;
  if (const char* key = std::getenv(flags.key_env.c_str())) options.key = key;
  options.tag_requests = flags.tag_requests;
  REDRAFT_ASSIGN(auto endpoint, llm::ServerEndpoint::Open(std::move(options), Http()));
  return std::shared_ptr<llm::Endpoint>(std::move(endpoint));
}

Status AddOpening(llm::Client& client, const JudgeChoice& judge, const ModelFlags& flags,
                  std::vector<ModelChoice>& open) {
  for (const JudgeChoice& member : judge.members) {
    REDRAFT_RETURN_IF_ERROR(AddOpening(client, member, flags, open));
  }
  if (judge.spec == "llm") {
    const auto same = [&judge](const ModelChoice& other) {
      return other.url == judge.llm.url && RequestModel(other) == judge.model;
    };
    if (std::ranges::any_of(open, same)) return Ok{};
    REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(judge.llm, flags));
    client.AddEndpoint(std::move(endpoint));
    open.push_back(judge.llm);
    return Ok{};
  }
  REDRAFT_ASSIGN(auto endpoint, OpenOther(judge, flags));
  if (endpoint) client.AddEndpoint(std::move(endpoint));
  return Ok{};
}

void AddServers(const JudgeChoice& judge, std::vector<std::string>& servers) {
  for (const JudgeChoice& member : judge.members) AddServers(member, servers);
  std::string server;
  if (judge.spec == "llm" && !judge.llm.embedded()) server = llm::ShownUrl(judge.llm.url);
  if (const auto reward = RewardServerOf(judge.spec)) server = llm::ShownUrl(reward->url);
  if (!server.empty() && std::ranges::find(servers, server) == servers.end()) {
    servers.push_back(std::move(server));
  }
}

}  // namespace

bool IsLmReward(const std::string& spec) {
  return spec == "reward:lm" || spec.starts_with("reward:lm:");
}

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

int CallsPerVerdict(const JudgeChoice& judge) {
  int calls = judge.spec == "llm" || IsLmReward(judge.spec) || judge.spec.starts_with("exec:") ||
                      RewardServerOf(judge.spec)
                  ? 1
                  : 0;
  for (const JudgeChoice& member : judge.members) calls += CallsPerVerdict(member);
  return calls;
}

Result<std::unique_ptr<judge::Judge>> MakeJudge(const JudgeChoice& choice, const core::Pack& pack,
                                                const core::Rubric& rubric) {
  const std::string& spec = choice.spec;
  if (!choice.members.empty()) {
    std::vector<std::shared_ptr<const judge::Judge>> members;
    for (const JudgeChoice& member : choice.members) {
      REDRAFT_ASSIGN(members.emplace_back(), MakeJudge(member, pack, rubric));
    }
    if (spec.starts_with("cascade:")) return judge::CascadeJudge(members[0], members[1]);
    return judge::PanelJudge(std::move(members));
  }
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
    for (const core::Criterion& criterion : rubric.criteria) {
      options.criteria.push_back(criterion.name);
    }
    return judge::LlmJudge(std::move(options));
  }
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format(
          "unknown judge '{}'; use reward, reward:lm, reward:FILE, reward:URL, llm, llm:MODEL, "
          "rule:shorter, rule:longer, rule:coin, exec:COMMAND, panel:J+J or cascade:J+J",
          spec));
}

std::vector<std::string> JudgeServers(const JudgeChoice& judge) {
  std::vector<std::string> servers;
  AddServers(judge, servers);
  return servers;
}

Status AddJudgeEndpoints(llm::Client& client, const JudgeChoice& judge, const ModelFlags& flags,
                         std::vector<ModelChoice> open) {
  return AddOpening(client, judge, flags, open);
}

}  // namespace redraft::cli
