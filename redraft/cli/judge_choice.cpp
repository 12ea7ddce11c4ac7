#include "redraft/cli/judge_choice.h"

#include <fmt/format.h>

namespace redraft::cli {
namespace {

std::vector<std::string> Split(const std::string& text, char by) {
  std::vector<std::string> parts = {""};
  for (const char c : text) {
    if (c == by) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The form in which an LLM is asked unless the user says otherwise: the embedded engine always
/// gives log-odds, a server may not.
judge::AnswerForm DefaultForm(const ModelChoice& model) {
  return model.embedded() ? judge::AnswerForm::kLabel : judge::AnswerForm::kVerdict;
}

/// "llm", "llm:MODEL", "llm:MODEL/FORM", "llm:/FORM". A model's own name may hold slashes: only a
/// form's name behind the last one is a form.
Result<JudgeChoice> ResolveLlm(const std::string& spec, ModelFlags flags, const Config& config,
                               const LlmJudgeForm& form) {
  JudgeChoice choice;
  choice.spec = "llm";
  std::optional<judge::AnswerForm> own = form.form;
  if (spec.size() > 4) {
    std::string model = spec.substr(4);
    const auto slash = model.rfind('/');
    if (slash != std::string::npos) {
      if (const auto named = judge::ParseAnswerForm(model.substr(slash + 1))) {
        own = *named;
        model.resize(slash);
      }
    }
    if (!model.empty()) flags.llm = model;
  }
  // --llm is the writer's: a judge with an endpoint of its own has its model there.
  const bool own_endpoint = flags.endpoint.empty() && config.roles.contains(Asker::kJudge);
  if (own_endpoint && spec.size() <= 4) flags.llm.clear();
  REDRAFT_ASSIGN(choice.llm, ChooseModel(flags, config, Asker::kJudge));
  choice.model = RequestModel(choice.llm);
  choice.form = own.value_or(DefaultForm(choice.llm));
  choice.shots = form.shots;
  return choice;
}

bool IsLlm(const std::string& spec) { return spec == "llm" || spec.starts_with("llm:"); }

bool IsCompound(const std::string& spec) {
  return spec.starts_with("panel:") || spec.starts_with("cascade:");
}

Result<JudgeChoice> ResolveCompound(const std::string& spec, const ModelFlags& flags,
                                    const Config& config, const LlmJudgeForm& form) {
  JudgeChoice choice;
  choice.spec = spec;
  const auto names = Split(spec.substr(spec.find(':') + 1), '+');
  const bool cascade = spec.starts_with("cascade:");
  if (names.size() < 2 || (cascade && names.size() > 2)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the judge '{}' has {} member{}; write panel:J+J… or cascade:J+J", spec,
                            names.size(), names.size() == 1 ? "" : "s"));
  }
  for (const std::string& name : names) {
    if (name.empty() || IsCompound(name)) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("'{}' cannot be a member of the judge '{}'; members are single judges "
                      "such as reward or llm:MODEL",
                      name, spec));
    }
    JudgeChoice member;
    member.spec = name;
    if (IsLlm(name)) {
      REDRAFT_ASSIGN(member, ResolveLlm(name, flags, config, form));
    }
    choice.members.push_back(std::move(member));
  }
  return choice;
}

}  // namespace

Result<JudgeChoice> ResolveJudge(const std::string& spec, const ModelFlags& flags,
                                 const Config& config, const LlmJudgeForm& form) {
  if (IsLlm(spec)) return ResolveLlm(spec, flags, config, form);
  JudgeChoice choice;
  choice.spec = spec;
  if (IsCompound(spec)) {
    REDRAFT_ASSIGN(choice, ResolveCompound(spec, flags, config, form));
  }
  const bool asks_llm =
      std::ranges::any_of(choice.members, [](const auto& member) { return member.spec == "llm"; });
  if (!asks_llm && (form.form || !form.shots.empty())) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--form and --shots say how an LLM is asked; with --judge {} there is "
                            "none: use --judge llm, or leave them out",
                            spec));
  }
  return choice;
}

Json ToJson(const JudgeChoice& choice) {
  Json members = Json::array();
  for (const JudgeChoice& member : choice.members) members.push_back(ToJson(member));
  const bool asks = choice.spec == "llm";
  return {{"spec", choice.spec},
          {"model", choice.model},
          {"form", asks ? Json(judge::ToString(choice.form)) : Json()},
          {"llm", asks ? ToJson(choice.llm) : Json()},
          {"members", std::move(members)}};
}

JudgeChoice JudgeChoiceFromJson(const Json& json) {
  JudgeChoice choice;
  choice.spec = json.at("spec");
  choice.model = json.at("model");
  if (const Json& form = json.at("form"); !form.is_null()) {
    const auto known = judge::ParseAnswerForm(form.get<std::string>());
    choice.form = known.value_or(judge::AnswerForm::kVerdict);
  }
  if (const Json& llm = json.at("llm"); !llm.is_null()) choice.llm = ModelChoiceFromJson(llm);
  for (const Json& member : json.at("members")) {
    choice.members.push_back(JudgeChoiceFromJson(member));
  }
  return choice;
}

Status Readdress(JudgeChoice& choice, const ModelFlags& flags, const Config& config) {
  if (choice.spec == "llm") {
    REDRAFT_ASSIGN(choice.llm, Readdressed(choice.llm, flags, config, Asker::kJudge));
  }
  for (JudgeChoice& member : choice.members) {
    REDRAFT_RETURN_IF_ERROR(Readdress(member, flags, config));
  }
  return Ok{};
}

}  // namespace redraft::cli
