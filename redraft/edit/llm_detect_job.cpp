#include <algorithm>

#include "redraft/base/check.h"
#include "redraft/base/random.h"
#include "redraft/edit/llm_detect.h"
#include "redraft/edit/shown_text.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/llm/prompt.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

std::vector<const Category*> Wanted(const std::vector<std::string>& only) {
  std::vector<const Category*> wanted;
  for (const Category& category : Taxonomy::Builtin().categories()) {
    if (only.empty() || std::ranges::find(only, category.id) != only.end()) {
      wanted.push_back(&category);
    }
  }
  return wanted;
}

/// Most spans asked for: professional editors mark about one place in thirty words (LAMP).
int MostSpans(std::string_view text) { return std::clamp(text::CountWords(text) / 30, 3, 40); }

core::Request FirstRequest(std::string_view text, const LlmDetectOptions& options) {
  const auto wanted = Wanted(options.only);
  const int most = MostSpans(text);
  Json categories = Json::array();
  std::vector<std::string> ids;
  for (const Category* category : wanted) {
    ids.push_back(category->id);
    categories.push_back(
        {{"id", category->id}, {"name", category->name}, {"description", category->description}});
  }
  auto messages = llm::RenderPrompt("edit/detect", {{"categories", categories},
                                                    {"most", most},
                                                    {"brief", ShownText(options.brief)},
                                                    {"text", ShownText(text)}});
  REDRAFT_CHECK(messages.has_value());
  core::Request request;
  request.role = core::Role::kEdit;
  request.model = options.model;
  request.messages = std::move(*messages);
  request.schema = SpansSchema(ids, most);
  request.sampling.temperature = 0;
  request.max_tokens = 120 * most + 64;
  request.seed = options.seed;
  return request;
}

}  // namespace

LlmDetectJob::LlmDetectJob(std::string_view text, LlmDetectOptions options)
    : text_(text), options_(std::move(options)) {}

std::vector<core::Request> LlmDetectJob::Step(std::span<const core::Reply> replies) {
  if (replies.empty()) {
    request_ = FirstRequest(text_, options_);
    return {request_};
  }
  found_ = ReadSpans(replies[0].text, text_, options_.only);
  if (found_.readable || request_.role == core::Role::kRepair) return {};
  const auto note = llm::RenderPrompt("edit/detect-repair", Json::object());
  REDRAFT_CHECK(note.has_value());
  // Some chat templates insist that user and assistant take turns: the note joins the last message.
  request_.messages.back().content += "\n\n" + note->front().content;
  request_.role = core::Role::kRepair;
  request_.seed = Rng(options_.seed).Fork("detect/repair").seed();
  return {request_};
}

}  // namespace redraft::edit
