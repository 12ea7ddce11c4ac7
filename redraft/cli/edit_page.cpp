#include "redraft/cli/edit_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "redraft/audit/markup.h"
#include "redraft/base/assets.h"
#include "redraft/cli/edit_json.h"
#include "redraft/cli/edit_review.h"
#include "redraft/cli/edit_view.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/gguf/template.h"

namespace redraft::cli {
namespace {

/// Other words for the place of `edit`: only those for exactly the same bytes can be exchanged on a
/// page.
Json Alternatives(const core::Edit& edit, const std::vector<ReviewPlace>& places) {
  Json words = Json::array({edit.replacement});
  for (const ReviewPlace& place : places) {
    if (std::ranges::find(place.candidates, edit) == place.candidates.end()) continue;
    for (const core::Edit& other : place.candidates) {
      const bool same_place =
          other.span.start == edit.span.start && other.span.end == edit.span.end;
      if (same_place && other.replacement != edit.replacement) words.push_back(other.replacement);
    }
  }
  return words.size() > 1 ? words : Json::array();
}

Json Parts(std::string_view text, const Json& result) {
  const auto places = ReviewPlaces(result, text);
  Json parts = Json::array();
  std::size_t at = 0;
  const Json& edits = result.at("edits");
  const auto read = EditsFromJson(edits, text);
  for (std::size_t i = 0; i < read.size(); ++i) {
    const core::Edit& edit = read[i];
    parts.push_back(
        {{"edit", false}, {"text", std::string(text.substr(at, edit.span.start - at))}});
    const edit::Category* category = edit::Taxonomy::Builtin().Find(edit.span.category);
    const std::string name = category == nullptr ? edit.span.category : category->name;
    at = edit.span.end;
    parts.push_back({{"edit", true},
                     {"number", i + 1},
                     {"category", name},
                     {"reason", edit.span.reason},
                     {"title", name + ": " + edit.span.reason},
                     {"old", std::string(text.substr(edit.span.start, at - edit.span.start))},
                     {"new", edit.replacement},
                     {"changes", edits[i].at("replacement").is_string()},
                     {"candidates", Alternatives(edit, places)}});
  }
  parts.push_back({{"edit", false}, {"text", std::string(text.substr(at))}});
  return parts;
}

}  // namespace

Result<std::string> EditPage(const std::string& name, std::string_view text, const Json& result) {
  try {
    const auto number = [&](const char* key) {
      return result.at(key).is_number() ? fmt::format("{:+.2f}", result.at(key).get<double>())
                                        : "–";
    };
    const std::string file = std::filesystem::path(name).filename().string();
    const Json values = {
        {"title", name == "-" ? "Standard input" : file},
        {"file", name == "-" ? "edited.txt" : file},
        {"summary",
         fmt::format("{} in {} · score {} → {} · {:.0f} % of the words changed · scored by {}",
                     Counted(result.at("edits").size(), "edit"),
                     Counted(result.at("spans").get<std::size_t>(), "weak place"),
                     number("score_before"), number("score_after"),
                     100 * result.at("distance").get<double>(),
                     result.at("scorer").get<std::string>())},
        {"changes", text != result.at("text").get<std::string>()},
        {"parts", Parts(text, result)}};
    REDRAFT_ASSIGN(const std::string_view source, FindAsset("data/edit/review.html"));
    REDRAFT_ASSIGN(const auto page_template,
                   gguf::Template::Parse(source, gguf::Undefined::kError));
    REDRAFT_ASSIGN(const auto rendered, page_template.Render(values));
    std::string page;
    for (const gguf::TextPart& part : rendered) {
      if (part.from_values) {
        audit::AppendEscaped(page, part.text);
      } else {
        page += part.text;
      }
    }
    return page;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kConfig,
                std::string("the edits on record cannot be read: ") + error.what());
  }
}

}  // namespace redraft::cli
