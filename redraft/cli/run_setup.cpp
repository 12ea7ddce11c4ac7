#include "redraft/cli/run_setup.h"

#include <fmt/format.h>

#include "redraft/base/hash.h"
#include "redraft/base/version.h"
#include "redraft/cli/judge_opening.h"
#include "redraft/llm/prompt.h"

namespace redraft::cli {
namespace {

constexpr const char* kPrompts[] = {"write/draft",   "write/variant", "write/repair",
                                    "judge/label",   "judge/line",    "judge/structured",
                                    "judge/verdict", "judge/repair",  "judge/structured-repair"};

Result<Json> PromptHashes(const evolve::EvolveOptions& options) {
  Json hashes;
  if (options.mend > 0) {
    REDRAFT_ASSIGN(hashes["edit/revise"], llm::PromptSha256("edit/revise"));
  }
  for (const char* name : kPrompts) {
    REDRAFT_ASSIGN(hashes[name], llm::PromptSha256(name));
  }
  return hashes;
}

/// Where a judge's models answer does not decide what they say; `model` stays.
void EraseAddresses(Json& judge) {
  judge.erase("llm");
  for (Json& member : judge["members"]) EraseAddresses(member);
}

/// The part of a manifest that decides the result.
Json Deciding(const Json& manifest) {
  Json json = manifest;
  json.erase("tool");
  json.erase("document");
  json["writer"] = {{"model", manifest.at("options").at("writer")}};
  EraseAddresses(json["judge"]);
  return json;
}

void Flatten(const Json& json, const std::string& path, std::map<std::string, std::string>& out) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items())
      Flatten(value, path.empty() ? key : path + "." + key, out);
    return;
  }
  std::string text = DumpJson(json);
  if (text.size() > 60) text = "sha256:" + Sha256Hex(text).substr(0, 12);
  out[path] = std::move(text);
}

}  // namespace

Result<Json> MakeManifest(const RunSetup& setup) {
  Json judge = ToJson(setup.judge);
  judge["id"] = setup.judge_id;
  REDRAFT_ASSIGN(const Json prompts, PromptHashes(setup.options));
  return Json{{"schema", "redraft.run/1"},
              {"tool", kVersion},
              {"document", setup.document},
              {"section", setup.section},
              {"brief", core::ToJson(setup.task.brief)},
              {"context", setup.task.context},
              {"options", evolve::ToJson(setup.options)},
              {"pack", {{"name", setup.task.pack.name}, {"sha256", setup.task.pack.sha256}}},
              {"rubric", {{"sha256", setup.task.rubric.sha256}, {"text", setup.task.rubric.text}}},
              {"judge", std::move(judge)},
              {"writer", ToJson(setup.writer)},
              {"prompts", prompts}};
}

std::string Identity(const Json& manifest) { return Sha256Hex(DumpJson(Deciding(manifest))); }

Result<RunSetup> SetupFromManifest(const Json& manifest) {
  try {
    if (manifest.value("schema", "") != "redraft.run/1") {
      return Fail(ErrorCode::kConfig,
                  "this run was not made by `redraft evolve`; it can be shown, "
                  "not resumed or replayed");
    }
    RunSetup setup;
    setup.document = manifest.at("document");
    setup.section = manifest.at("section");
    const Json& brief = manifest.at("brief");
    setup.task.brief = {brief.at("task"),  brief.at("min_words"), brief.at("max_words"),
                        brief.at("form"),  brief.at("audience"),  brief.at("pack"),
                        brief.at("sha256")};
    setup.task.context = manifest.at("context");
    REDRAFT_ASSIGN(setup.options, evolve::OptionsFromJson(manifest.at("options")));
    REDRAFT_ASSIGN(setup.task.pack, core::LoadPack(manifest.at("pack").at("name")));
    REDRAFT_ASSIGN(setup.task.rubric,
                   core::ParseRubric(manifest.at("rubric").at("text").get<std::string>()));
    if (setup.task.rubric.sha256 == setup.task.pack.rubric.sha256)
      setup.task.rubric = setup.task.pack.rubric;
    setup.judge = JudgeChoiceFromJson(manifest.at("judge"));
    setup.judge_id = manifest.at("judge").at("id");
    setup.writer = ModelChoiceFromJson(manifest.at("writer"));

    REDRAFT_ASSIGN(const auto rebuilt_judge,
                   MakeJudge(setup.judge, setup.task.pack, setup.task.rubric));
    RunSetup now = setup;
    now.judge_id = rebuilt_judge->id();
    REDRAFT_ASSIGN(const Json current, MakeManifest(now));
    const std::string difference = Difference(manifest, current);
    if (!difference.empty()) {
      return Fail(ErrorCode::kConfig,
                  "the run was made with other data files than this program has: " + difference +
                      "; use the version that made it (" + manifest.value("tool", "?") + ")");
    }
    return setup;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kConfig,
                std::string("the run's manifest cannot be read: ") + error.what());
  }
}

std::string Difference(const Json& before, const Json& after) {
  std::map<std::string, std::string> old_values, new_values;
  Flatten(Deciding(before), "", old_values);
  Flatten(Deciding(after), "", new_values);
  std::string lines;
  const auto add = [&lines](const std::string& path, const std::string& a, const std::string& b) {
    lines += fmt::format("{}{}: {} → {}", lines.empty() ? "" : "; ", path, a, b);
  };
  for (const auto& [path, value] : old_values) {
    const auto it = new_values.find(path);
    if (it == new_values.end()) {
      add(path, value, "(none)");
    } else if (it->second != value) {
      add(path, value, it->second);
    }
  }
  for (const auto& [path, value] : new_values) {
    if (!old_values.contains(path)) add(path, "(none)", value);
  }
  return lines;
}

}  // namespace redraft::cli
