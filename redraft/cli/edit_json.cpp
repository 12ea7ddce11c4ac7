#include "redraft/cli/edit_json.h"

#include "redraft/base/check.h"
#include "redraft/cli/code_points.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/price.h"

namespace redraft::cli {
namespace {

Json SpanJson(const core::WeakSpan& span, CodePointCounter& counter) {
  const std::size_t start = counter.CodePoints(span.start);
  return {{"start", start},
          {"end", counter.CodePoints(span.end)},
          {"category", span.category},
          {"reason", span.reason}};
}

Json EditsJson(const std::vector<core::Edit>& edits, CodePointCounter& counter) {
  Json json = Json::array();
  for (const core::Edit& edit : edits) {
    json.push_back(SpanJson(edit.span, counter));
    json.back()["replacement"] = edit.replacement;
  }
  return json;
}

Json PlaceJson(const edit::Place& place, CodePointCounter& counter) {
  Json candidates = Json::array();
  for (const edit::Candidate& candidate : place.candidates) {
    const core::WeakSpan& span = candidate.edit.span;
    const std::size_t start = counter.CodePoints(span.start);
    candidates.push_back({{"start", start},
                          {"end", counter.CodePoints(span.end)},
                          {"replacement", candidate.edit.replacement},
                          {"worth", NumberOrNull(candidate.worth)},
                          {"times", candidate.replies.size()}});
  }
  Json json = SpanJson(place.span, counter);
  json["confidence"] = NumberOrNull(place.span.confidence);
  json["chosen"] = place.chosen ? Json(*place.chosen) : Json(nullptr);
  json["candidates"] = std::move(candidates);
  return json;
}

Json ArmJson(const edit::Whole& whole) {
  return {{"text", whole.text}, {"worth", NumberOrNull(whole.worth)}};
}

}  // namespace

Json ToJson(const edit::Edited& edited, std::string_view input, const edit::EditOptions& options,
            const core::Scorer& scorer) {
  Json edits = Json::array();
  CodePointCounter counter(input);
  if (options.work == edit::Work::kDetect) {
    for (const core::WeakSpan& span : edited.spans) {
      edits.push_back(SpanJson(span, counter));
      edits.back()["replacement"] = nullptr;
      edits.back()["confidence"] = NumberOrNull(span.confidence);
    }
  } else {
    edits = EditsJson(edited.edits, counter);
  }
  Json json = {{"text", edited.text},
               {"score_before", NumberOrNull(edited.score_before)},
               {"score_after", NumberOrNull(edited.score_after)},
               {"distance", NumberOrNull(edited.distance)},
               {"edits", std::move(edits)},
               {"scorer", scorer.id()},
               {"spans", edited.spans.size()}};
  if (options.detector != edit::Detector::kLocal) {
    json["dropped"] = edit::ToJson(edited.dropped);
    json["dropped"]["unreadable_replies"] = edited.unreadable;
  }
  if (options.work == edit::Work::kDetect) return json;
  json["turned_down"] = edited.turned_down;
  json["arms"] = {{"draft", ArmJson({.text = std::string(input)})},
                  {"random", ArmJson(edited.random)},
                  {"best", ArmJson(edited.best)}};
  Json revisions = Json::array();
  for (const edit::Whole& whole : edited.revisions) {
    Json revision = ArmJson(whole);
    revision["edits"] = whole.edits.size();
    revision["reasons"] = whole.reasons;
    revisions.push_back(std::move(revision));
  }
  json["revisions"] = std::move(revisions);
  if (options.work == edit::Work::kRewrite) {
    Json places = Json::array();
    for (const edit::Place& place : edited.places) places.push_back(PlaceJson(place, counter));
    json["places"] = std::move(places);
  }
  return json;
}

void ReplaceEdits(Json& result, std::string_view input, const std::vector<core::Edit>& edits,
                  const core::Scorer& scorer) {
  const auto applied = edit::Apply(input, edits);
  REDRAFT_CHECK(applied.has_value());
  CodePointCounter counter(input);
  result["text"] = applied->text;
  result["edits"] = EditsJson(edits, counter);
  result["score_after"] = NumberOrNull(scorer.Score(applied->text));
  result["distance"] = NumberOrNull(edit::Distance(input, applied->text));
}

std::vector<core::Edit> EditsFromJson(const Json& edits, std::string_view input) {
  std::vector<core::Edit> read;
  CodePointCounter counter(input);
  for (const Json& json : edits) {
    core::Edit edit;
    edit.span.start = counter.Byte(json.at("start").get<std::size_t>());
    edit.span.end = counter.Byte(json.at("end").get<std::size_t>());
    edit.span.category = json.at("category");
    edit.span.reason = json.at("reason");
    const Json& words = json.at("replacement");
    edit.replacement =
        words.is_string()
            ? words.get<std::string>()
            : std::string(input.substr(edit.span.start, edit.span.end - edit.span.start));
    read.push_back(std::move(edit));
  }
  return read;
}

}  // namespace redraft::cli
