#include "redraft/cli/endpoint_check.h"

#include <fmt/format.h>

#include "redraft/cli/jsonl.h"
#include "redraft/cli/probe_cache.h"
#include "redraft/llm/probe.h"

namespace redraft::cli {
namespace {

Json ToJson(const llm::Ability& ability) {
  return {{"works", ability.works}, {"error", ability.works ? Json(nullptr) : Json(ability.error)}};
}

Json ToJson(const llm::Abilities& abilities) {
  Json models = Json::array();
  for (const llm::ListedModel& model : abilities.models) {
    models.push_back(
        {{"id", model.id}, {"context", model.context > 0 ? Json(model.context) : Json(nullptr)}});
  }
  return {{"answers_as", abilities.model},
          {"chat", ToJson(abilities.chat)},
          {"choices", ToJson(abilities.choices)},
          {"log_probabilities", ToJson(abilities.labels)},
          {"json_schema", ToJson(abilities.schema)},
          {"text_log_probabilities", ToJson(abilities.loglikelihood)},
          {"embeddings", ToJson(abilities.embeddings)},
          {"dialect", llm::ToJson(abilities.dialect)},
          {"models", std::move(models)}};
}

void PrintServer(const Json& server) {
  const auto line = [](const std::string& what, const std::string& value) {
    PrintLine(fmt::format("{:<24}{}", what, value));
  };
  line("endpoint", server.at("name").get<std::string>());
  line("address", server.at("url").get<std::string>());
  line("format", server.at("format").get<std::string>());
  line("model", server.at("model").get<std::string>());
  for (const char* ability : {"chat", "choices", "log_probabilities", "json_schema",
                              "text_log_probabilities", "embeddings"}) {
    const Json& found = server.at(ability);
    std::string name = ability;
    std::ranges::replace(name, '_', ' ');
    line(name,
         found.at("works").get<bool>() ? "yes" : "no: " + found.at("error").get<std::string>());
  }
  const Json& dialect = server.at("dialect");
  line("token limit",
       dialect.at("completion_limit").get<bool>() ? "max_completion_tokens" : "max_tokens");
  line("temperature", dialect.at("sampling").get<bool>() ? "taken" : "not taken, left out");
  line("JSON mode", dialect.at("json").get<std::string>());
  line("models", std::to_string(server.at("models").size()) + " listed");
  const Json& prices = server.at("prices");
  line("prices", prices.is_null()
                     ? "unknown; set price_in and price_out"
                     : fmt::format("{} in, {} out per million tokens{}", prices.at("in").dump(),
                                   prices.at("out").dump(),
                                   prices.at("as_of").is_null()
                                       ? ""
                                       : ", as of " + prices.at("as_of").get<std::string>()));
}

Json PricesOf(const ServerChoice& server) {
  const llm::Prices& prices = *server.config.prices;
  if (!prices.known()) return nullptr;
  return {{"in", prices.in},
          {"out", prices.out},
          {"as_of", server.priced_at.empty() ? Json(nullptr) : Json(server.priced_at)}};
}

}  // namespace

Status CheckServers(const ModelChoice& choice, const ModelFlags& flags, bool labels, int tokens) {
  for (const ServerChoice& server : choice.servers) {
    REDRAFT_ASSIGN(const auto endpoint, OpenServer(server, RequestModel(choice), flags));
    REDRAFT_RETURN_IF_ERROR(llm::Preflight(*endpoint, labels, tokens));
  }
  return Ok{};
}

Status CheckJudgeServers(const JudgeChoice& judge, const ModelFlags& flags, int tokens) {
  for (const JudgeChoice& member : judge.members) {
    REDRAFT_RETURN_IF_ERROR(CheckJudgeServers(member, flags, tokens));
  }
  if (judge.spec != "llm") return Ok{};
  return CheckServers(judge.llm, flags, judge.form == judge::AnswerForm::kLabel, tokens);
}

Result<int> ReportEndpoints(const ModelChoice& choice, const ModelFlags& flags, bool json) {
  if (choice.embedded()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the embedded engine needs no check; --endpoint names a server");
  }
  Json list = Json::array();
  bool all_answer = true;
  for (ServerChoice server : choice.servers) {
    server.config.embeddings = server.config.echo = true;
    REDRAFT_ASSIGN(const auto endpoint, OpenServer(server, RequestModel(choice), flags));
    const llm::Abilities abilities = llm::Probe(*endpoint);
    Json found = {{"name", server.config.name},
                  {"url", llm::ShownUrl(server.config.url)},
                  {"format", llm::ToString(*server.config.format)},
                  {"model", server.config.model}};
    found.update(ToJson(abilities));
    found["prices"] = PricesOf(server);
    all_answer = all_answer && abilities.chat.works;
    if (abilities.chat.works) REDRAFT_RETURN_IF_ERROR(KeepProbe(server, found));
    if (!json) PrintServer(found);
    list.push_back(std::move(found));
  }
  if (json) {
    PrintLine(DumpJson({{"schema", "redraft.doctor-endpoint/1"}, {"servers", std::move(list)}}));
  }
  return all_answer ? 0 : ExitStatus(ErrorCode::kUnavailable);
}

}  // namespace redraft::cli
