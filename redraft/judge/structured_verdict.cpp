#include "redraft/judge/structured_verdict.h"

#include <set>

namespace redraft::judge {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// What stands inside a code fence that is all there is; else `text`.
std::string_view Unfenced(std::string_view text) {
  const auto line_end = text.find('\n');
  if (!text.starts_with("```") || line_end == std::string_view::npos) return text;
  const std::string_view language = Trim(text.substr(3, line_end - 3));
  if (!text.ends_with("\n```") || (!language.empty() && language != "json")) return text;
  return Trim(text.substr(line_end, text.size() - 3 - line_end));
}

/// The object that `text` is, if no member of it is named twice. A winner whose key is spelled in
/// escapes ("\u0077inner") does not count: it could be copied from a text (quotation.h).
std::optional<Json> PlainObject(std::string_view text) {
  if (text.find(kWinnerKey) == std::string_view::npos) return std::nullopt;
  std::set<std::string> names;
  bool twice = false;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1) {
      twice = twice || !names.insert(parsed.get<std::string>()).second;
    }
    return true;
  };
  Json object = Json::parse(text.begin(), text.end(), on_event, /*allow_exceptions=*/false);
  if (twice || !object.is_object()) return std::nullopt;
  return object;
}

/// The reasons, a line each; none when there is something else than reasons.
std::optional<std::string> ReasonsOf(const Json& object) {
  std::string reasons;
  const auto criteria = object.find("criteria");
  if (criteria == object.end()) return reasons;
  if (!criteria->is_object()) return std::nullopt;
  for (const auto& [name, reason] : criteria->items()) {
    if (!reason.is_string()) return std::nullopt;
    if (!reasons.empty()) reasons += '\n';
    reasons += name + ": " + reason.get<std::string>();
  }
  return reasons;
}

}  // namespace

Json VerdictSchema(std::span<const std::string> criteria) {
  Json schema = {{"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}};
  const auto add = [](Json& object, const std::string& name, Json property) {
    object["properties"][name] = std::move(property);
    object["required"].push_back(name);
  };
  if (!criteria.empty()) {
    Json reasons = {
        {"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}};
    for (const std::string& criterion : criteria) add(reasons, criterion, {{"type", "string"}});
    reasons["additionalProperties"] = false;
    add(schema, "criteria", std::move(reasons));
  }
  add(schema, "winner", {{"type", "string"}, {"enum", {"A", "B", "tie"}}});
  add(schema, "confidence", {{"type", "number"}, {"minimum", 0}, {"maximum", 1}});
  schema["additionalProperties"] = false;
  return schema;
}

std::optional<ParsedVerdict> ParseStructuredVerdict(std::string_view reply) {
  reply = Unfenced(Trim(reply));
  const std::optional<Json> object = PlainObject(reply);
  if (!object) return std::nullopt;
  const auto winner = object->find("winner");
  const auto confidence = object->find("confidence");
  if (winner == object->end() || confidence == object->end() || !confidence->is_number()) {
    return std::nullopt;
  }
  const auto sure = confidence->get<double>();
  std::optional<std::string> reasons = ReasonsOf(*object);
  if (!(sure >= 0 && sure <= 1) || !reasons) return std::nullopt;
  ParsedVerdict verdict;
  verdict.rationale = std::move(*reasons);
  if (*winner == "A") {
    verdict.p_a = 0.5 + sure / 2;
  } else if (*winner == "B") {
    verdict.p_a = 0.5 - sure / 2;
  } else if (*winner != "tie") {
    return std::nullopt;
  }
  return verdict;
}

}  // namespace redraft::judge
