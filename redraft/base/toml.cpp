#include "redraft/base/toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include <toml++/toml.h>

namespace redraft {
namespace {

Json ToJson(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    // toml++ keeps keys sorted; source order is what people expect of styles and criteria.
    std::vector<std::pair<toml::source_position, std::string>> order;
    for (const auto& [key, value] : *table) {
      order.emplace_back(key.source().begin, std::string(key.str()));
    }
    std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.first < b.first; });
    Json object = Json::object();
    for (const auto& [position, key] : order) object[key] = ToJson(*table->get(key));
    return object;
  }
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& item : *array) list.push_back(ToJson(item));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  std::ostringstream other;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                  toml::is_date_time<decltype(value)>) {
      other << value.get();
    }
  });
  return other.str();
}

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

}  // namespace

Result<Json> ParseToml(std::string_view text, std::string_view name) {
  try {
    return ToJson(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}:{}:{}: {}", name, error.source().begin.line,
                            error.source().begin.column, error.description()));
  }
}

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = Distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

Status CheckKeys(const Json& object, const std::vector<std::string>& known,
                 std::string_view where) {
  if (!object.is_object()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} must be a table", where));
  }
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const std::string nearest = Nearest(key, known);
    return Fail(
        ErrorCode::kInvalidArgument,
        nearest.empty()
            ? fmt::format("{}: unknown key '{}'; known are {}", where, key, fmt::join(known, ", "))
            : fmt::format("{}: unknown key '{}'; did you mean '{}'?", where, key, nearest));
  }
  return Ok{};
}

}  // namespace redraft
