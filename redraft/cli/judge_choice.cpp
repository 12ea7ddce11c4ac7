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
  REDRAFT_ASSIGN(choice.llm, ChooseModel(flags, config));
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

}  // namespace redraft::cli
