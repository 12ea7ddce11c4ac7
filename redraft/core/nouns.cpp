#include <cmath>

#include "redraft/core/draft.h"
#include "redraft/core/verdict.h"

namespace redraft::core {
namespace {

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::optional<double> Optional(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it == json.end() || it->is_null() ? std::nullopt : std::optional(it->get<double>());
}

}  // namespace

Json ToJson(const Draft& d) {
  return {{"id", d.id},
          {"generation", d.generation},
          {"text", d.text},
          {"words", d.words},
          {"parents", d.parents},
          {"founder", d.founder},
          {"operation", d.operation},
          {"style", d.style},
          {"theme", d.theme},
          {"objective", d.objective},
          {"model", d.model},
          {"seed", d.seed},
          {"key", d.key},
          {"repairs", d.repairs},
          {"gated", d.gated}};
}

Result<Draft> DraftFromJson(const Json& json) {
  try {
    Draft d;
    d.id = json.at("id");
    d.generation = json.at("generation");
    d.text = json.at("text");
    d.words = json.at("words");
    d.parents = json.at("parents").get<std::vector<std::string>>();
    d.founder = json.at("founder");
    d.operation = json.at("operation");
    d.style = json.at("style");
    d.theme = json.at("theme");
    d.objective = json.at("objective");
    d.model = json.at("model");
    d.seed = json.at("seed");
    d.key = json.at("key");
    d.repairs = json.at("repairs");
    d.gated = json.at("gated").get<std::vector<std::string>>();
    return d;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not a draft: ") + error.what());
  }
}

double Probability(double logit) {
  const double smaller = 1 / (1 + std::exp(std::abs(logit)));
  return logit < 0 ? smaller : 1 - smaller;
}

Json ToJson(const Verdict& v) {
  Json json = {{"a", v.a},
               {"b", v.b},
               {"p_a", OrNull(v.p_a)},
               {"logit", OrNull(v.logit)},
               {"mass", v.mass},
               {"judge", v.judge},
               {"rationale", v.rationale},
               {"generation", v.generation},
               {"calls", v.calls}};
  if (v.adaptive) json["adaptive"] = true;
  return json;
}

Result<Verdict> VerdictFromJson(const Json& json) {
  try {
    Verdict v;
    v.a = json.at("a");
    v.b = json.at("b");
    v.p_a = Optional(json, "p_a");
    v.logit = Optional(json, "logit");
    v.mass = json.at("mass");
    v.judge = json.at("judge");
    v.rationale = json.at("rationale");
    v.generation = json.at("generation");
    v.calls = json.at("calls");
    v.adaptive = json.value("adaptive", false);
    return v;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not a verdict: ") + error.what());
  }
}

}  // namespace redraft::core
