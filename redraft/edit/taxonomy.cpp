#include "redraft/edit/taxonomy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/base/toml.h"
#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

constexpr std::string_view kName = "data/edit/taxonomy.toml";

/// Without case (of ASCII: labels of data files have no other) and outer white space.
std::string Folded(std::string_view label) {
  std::string folded(text::TrimSpace(label));
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return folded;
}

Result<std::string> Required(const Json& table, const char* key, const std::string& where) {
  const auto found = table.find(key);
  if (found == table.end() || !found->is_string() ||
      text::TrimSpace(found->get_ref<const std::string&>()).empty()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: '{}' is missing", where, key));
  }
  return found->get<std::string>();
}

Result<Category> ReadCategory(const Json& table, const std::string& where) {
  if (!table.is_object()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} must be a table", where));
  }
  REDRAFT_RETURN_IF_ERROR(
      CheckKeys(table, {"id", "name", "description", "advice", "labels"}, where));
  Category category;
  REDRAFT_ASSIGN(category.id, Required(table, "id", where));
  REDRAFT_ASSIGN(category.name, Required(table, "name", where));
  REDRAFT_ASSIGN(category.description, Required(table, "description", where));
  if (table.contains("advice")) {
    REDRAFT_ASSIGN(category.advice, Required(table, "advice", where));
  }
  const Json labels = table.value("labels", Json::array());
  if (!labels.is_array() || !std::all_of(labels.begin(), labels.end(),
                                         [](const Json& label) { return label.is_string(); })) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: 'labels' must be a list of strings", where));
  }
  for (const Json& label : labels) category.labels.push_back(label.get<std::string>());
  return category;
}

}  // namespace

Result<Taxonomy> Taxonomy::FromToml(std::string_view toml) {
  REDRAFT_ASSIGN(const Json json, ParseToml(toml, kName));
  REDRAFT_RETURN_IF_ERROR(CheckKeys(json, {"category"}, kName));
  const Json tables = json.value("category", Json::array());
  if (!tables.is_array() || tables.empty()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: no [[category]]", kName));
  }
  Taxonomy taxonomy;
  for (const Json& table : tables) {
    const std::string where =
        fmt::format("{}: category {}", kName, taxonomy.categories_.size() + 1);
    REDRAFT_ASSIGN(Category category, ReadCategory(table, where));
    if (taxonomy.Find(category.id) != nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: the id '{}' is taken", where, category.id));
    }
    taxonomy.categories_.push_back(std::move(category));
  }
  return taxonomy;
}

const Taxonomy& Taxonomy::Builtin() {
  static const Taxonomy taxonomy = [] {
    const auto bytes = FindAsset(kName);
    REDRAFT_CHECK(bytes);
    auto parsed = FromToml(*bytes);
    REDRAFT_CHECK(parsed);
    return std::move(*parsed);
  }();
  return taxonomy;
}

const Category* Taxonomy::Find(std::string_view id) const {
  const auto found = std::find_if(categories_.begin(), categories_.end(),
                                  [&](const Category& category) { return category.id == id; });
  return found == categories_.end() ? nullptr : &*found;
}

const Category* Taxonomy::FindLabel(std::string_view label) const {
  const std::string wanted = Folded(label);
  const auto is = [&](const std::string& spelling) { return Folded(spelling) == wanted; };
  for (const Category& category : categories_) {
    if (is(category.id) || is(category.name) ||
        std::any_of(category.labels.begin(), category.labels.end(), is)) {
      return &category;
    }
  }
  return nullptr;
}

Result<std::vector<std::string>> Taxonomy::Select(std::string_view ids) const {
  std::vector<std::string> selected;
  while (true) {
    const std::size_t comma = std::min(ids.find(','), ids.size());
    const std::string_view id = text::TrimSpace(ids.substr(0, comma));
    if (Find(id) == nullptr) {
      std::vector<std::string> known;
      for (const Category& category : categories_) known.push_back(category.id);
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("no category '{}'; there are {}", id, fmt::join(known, ", ")));
    }
    if (std::find(selected.begin(), selected.end(), id) == selected.end()) {
      selected.emplace_back(id);
    }
    if (comma == ids.size()) return selected;
    ids.remove_prefix(comma + 1);
  }
}

}  // namespace redraft::edit
