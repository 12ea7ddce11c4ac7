#include "redraft/core/pack.h"

#include <fmt/format.h>

#include "redraft/base/assets.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/toml.h"

namespace redraft::core {
namespace {

constexpr std::string_view kFolder = "prompts/packs/";
constexpr std::string_view kFile = "/pack.toml";

Result<std::vector<Choice>> ReadChoices(const Json& pack, const char* key, std::string_view name) {
  const Json table = pack.value(key, Json::object());
  std::vector<Choice> choices;
  for (const auto& [choice, description] : table.items()) {
    if (!description.is_string()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: {}.\"{}\" must be a string", name, key, choice));
    }
    choices.push_back({choice, description.get<std::string>()});
  }
  if (choices.empty()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: [{}] lists nothing", name, key));
  }
  return choices;
}

}  // namespace

Result<Pack> ParsePack(std::string_view toml, std::string_view name) {
  REDRAFT_ASSIGN(const Json json, ParseToml(toml, name));
  REDRAFT_RETURN_IF_ERROR(CheckKeys(
      json, {"noun", "writer_role", "judge_role", "criteria", "styles", "themes", "objectives"},
      name));
  Pack pack;
  pack.name = name;
  pack.sha256 = Sha256Hex(toml);
  for (const auto& [key, target] : {std::pair{"noun", &pack.noun},
                                    {"writer_role", &pack.writer_role},
                                    {"judge_role", &pack.judge_role}}) {
    if (!json.contains(key) || !json[key].is_string()) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: '{}' is missing", name, key));
    }
    *target = json[key].get<std::string>();
  }
  REDRAFT_ASSIGN(pack.styles, ReadChoices(json, "styles", name));
  REDRAFT_ASSIGN(pack.themes, ReadChoices(json, "themes", name));
  REDRAFT_ASSIGN(pack.objectives, ReadChoices(json, "objectives", name));
  std::vector<Criterion> criteria;
  const Json listed = json.value("criteria", Json::object());
  for (const auto& [key, value] : listed.items()) {
    const std::string where = fmt::format("{}: criteria.\"{}\"", name, key);
    REDRAFT_RETURN_IF_ERROR(CheckKeys(value, {"weight", "description"}, where));
    const bool valid = value.contains("weight") && value["weight"].is_number() &&
                       value["weight"].get<double>() > 0 && value.contains("description") &&
                       value["description"].is_string();
    if (!valid) {
      return Fail(ErrorCode::kInvalidArgument,
                  where + " needs a positive weight and a description");
    }
    criteria.push_back(
        {key, value["weight"].get<double>(), value["description"].get<std::string>()});
  }
  if (criteria.empty()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: [criteria] lists nothing", name));
  }
  pack.rubric = MakeRubric(std::move(criteria));
  return pack;
}

std::vector<std::string> PackNames() {
  std::vector<std::string> names;
  for (const Asset& asset : Assets()) {
    if (asset.name.starts_with(kFolder) && asset.name.ends_with(kFile)) {
      names.emplace_back(
          asset.name.substr(kFolder.size(), asset.name.size() - kFolder.size() - kFile.size()));
    }
  }
  return names;
}

Result<Pack> LoadPack(const std::string& name_or_path) {
  const auto names = PackNames();
  if (std::ranges::find(names, name_or_path) != names.end()) {
    REDRAFT_ASSIGN(const auto bytes,
                   FindAsset(std::string(kFolder) + name_or_path + std::string(kFile)));
    return ParsePack(bytes, name_or_path);
  }
  if (name_or_path.ends_with(".toml")) {
    REDRAFT_ASSIGN(const auto bytes, ReadTextFile(name_or_path));
    return ParsePack(bytes, name_or_path);
  }
  const std::string nearest = Nearest(name_or_path, names);
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown pack '{}'; {}; or give a path to a pack.toml", name_or_path,
                          nearest.empty() ? fmt::format("known are {}", fmt::join(names, ", "))
                                          : fmt::format("did you mean '{}'?", nearest)));
}

}  // namespace redraft::core
