#include "redraft/cli/edit_review.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/printable.h"
#include "redraft/cli/edit_json.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/taxonomy.h"

namespace redraft::cli {

std::vector<ReviewPlace> ReviewPlaces(const Json& result, std::string_view input) {
  std::vector<ReviewPlace> places;
  if (!result.contains("places")) {
    for (core::Edit& edit : EditsFromJson(result.at("edits"), input)) {
      places.push_back({edit.span, {edit}, true});
    }
    return places;
  }
  for (const Json& json : result.at("places")) {
    Json candidates = json.at("candidates");
    if (candidates.empty()) continue;
    for (Json& candidate : candidates) {
      candidate["category"] = json.at("category");
      candidate["reason"] = json.at("reason");
    }
    ReviewPlace place;
    place.candidates = EditsFromJson(candidates, input);
    place.span = place.candidates.front().span;
    place.chosen = json.at("chosen").is_number();
    if (place.chosen) {
      const auto first = place.candidates.begin();
      std::rotate(first, first + json.at("chosen").get<std::ptrdiff_t>(),
                  first + json.at("chosen").get<std::ptrdiff_t>() + 1);
    }
    places.push_back(std::move(place));
  }
  return places;
}

Review::Review(std::string_view text, const Json& result)
    : text_(text), places_(ReviewPlaces(result, text)), decisions_(places_.size()) {
  const Json known = result.value("decisions", Json::array());
  for (std::size_t i = 0; i < std::min(known.size(), places_.size()); ++i) {
    if (!known[i].is_number_integer()) continue;
    const int decision = known[i].get<int>();
    if (decision < static_cast<int>(places_[i].candidates.size())) decisions_[i] = decision;
  }
}

bool Review::Walk(const Ask& ask, const Marking& marking) {
  std::string note;
  for (std::size_t place = 0, candidate = 0; place < places_.size();) {
    if (decisions_[place]) {
      ++place;
      candidate = 0;
      continue;
    }
    const auto answer = ask(note + Question(place, candidate, marking));
    note.clear();
    if (!answer) return false;
    const std::size_t letter = answer->find_first_not_of(" \t");
    switch (letter == std::string::npos ? '?' : (*answer)[letter]) {
      case 'a':
        if (Fits(place, candidate)) {
          decisions_[place] = static_cast<int>(candidate);
        } else {
          note = "this overlaps an edit that you accepted; reject it or take another\n";
        }
        break;
      case 'r':
        decisions_[place] = -1;
        break;
      case 'n':
        candidate = (candidate + 1) % places_[place].candidates.size();
        break;
      case 'b':
        candidate = 0;
        if (place > 0) decisions_[--place].reset();
        break;
      case 'q':
        return false;
      default:
        note = "a accept · r reject · n another candidate · b back · q quit\n";
    }
  }
  return true;
}

std::string Review::Question(std::size_t place, std::size_t candidate,
                             const Marking& marking) const {
  const ReviewPlace& at = places_[place];
  const edit::Category* category = edit::Taxonomy::Builtin().Find(at.span.category);
  return fmt::format(
      "\n{}/{}  {}{}{}\n  {}\ncandidate {} of {}{} [a/r/n/b/q] ", place + 1, places_.size(),
      Printable(category == nullptr ? at.span.category : category->name),
      at.span.reason.empty() ? "" : ": ", Printable(at.span.reason),
      EditInContext(text_, at.candidates[candidate], marking, 200), candidate + 1,
      at.candidates.size(), at.chosen ? "" : ", none of which the scorer would take");
}

bool Review::Fits(std::size_t place, std::size_t candidate) const {
  std::vector<core::Edit> trial = accepted();
  trial.push_back(places_[place].candidates[candidate]);
  return edit::Sorted(text_, std::move(trial)).has_value();
}

Json Review::decisions() const {
  Json json = Json::array();
  for (const auto& decision : decisions_)
    json.push_back(decision ? Json(*decision) : Json(nullptr));
  return json;
}

std::vector<core::Edit> Review::accepted() const {
  std::vector<core::Edit> edits;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (decisions_[i].value_or(-1) < 0) continue;
    edits.push_back(places_[i].candidates[static_cast<std::size_t>(*decisions_[i])]);
  }
  std::ranges::sort(edits, {}, [](const core::Edit& edit) { return edit.span.start; });
  return edits;
}

}  // namespace redraft::cli
