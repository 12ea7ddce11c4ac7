#include <fmt/format.h>

#include <cmath>

#include "redraft/base/check.h"
#include "redraft/base/random.h"
#include "redraft/edit/revise.h"
#include "redraft/edit/shown_text.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/llm/prompt.h"
#include "redraft/text/words.h"

namespace redraft::edit {

core::Request RevisionRequest(const Surroundings& around, const std::vector<core::WeakSpan>& spans,
                              const RewriteOptions& options) {
  const int words = text::CountWords(around.text);
  Json notes = Json::array();
  for (const core::WeakSpan& span : spans) {
    const Category* category = Taxonomy::Builtin().Find(span.category);
    const auto marked = around.text.substr(span.start, span.end - span.start);
    notes.push_back({{"text", ShownText(marked)},
                     {"name", category == nullptr ? span.category : category->name},
                     {"reason", ShownText(span.reason)}});
  }
  auto messages = llm::RenderPrompt("edit/revise", {{"brief", ShownText(options.brief)},
                                                    {"text", ShownText(around.text)},
                                                    {"notes", notes},
                                                    {"words", words},
                                                    {"names", MustStay(around, around.text)}});
  REDRAFT_CHECK(messages.has_value());
  core::Request request;
  request.role = core::Role::kEdit;
  request.model = options.model;
  request.messages = std::move(*messages);
  request.sampling = {.temperature = 0.8, .top_p = 0.95};
  request.max_tokens = 3 * words + 128;
  if (options.embedded) {
    const double growth = options.prices.max_growth;
    request.length = core::LengthControl{static_cast<int>(words * (1 - growth)), words,
                                         static_cast<int>(std::ceil(words * (1 + growth))) + 5};
  }
  request.seed = options.seed;
  return request;
}

ReviseJob::ReviseJob(std::string_view text, std::vector<core::WeakSpan> spans,
                     const RewriteOptions& options, const core::Scorer& scorer)
    : around_(text, options.names), spans_(std::move(spans)), options_(options), scorer_(scorer) {}

std::vector<core::Request> ReviseJob::Step(std::span<const core::Reply> replies) {
  if (!replies.empty()) {
    for (const core::Reply& reply : replies) {
      revisions_.push_back(ReadRevision(around_, reply.text, spans_, options_.prices));
      revisions_.back().worth =
          Worth(scorer_, around_.text, revisions_.back().text, options_.prices);
    }
    arms_ = ChooseArms(revisions_, Rng(options_.seed).Fork("revise/random"));
    return {};
  }
  core::Request request = RevisionRequest(around_, spans_, options_);
  std::vector<core::Request> requests;
  for (int i = 0; i < options_.candidates; ++i) {
    request.seed = Rng(options_.seed).Fork(fmt::format("revise/{}", i)).seed();
    requests.push_back(request);
  }
  return requests;
}

}  // namespace redraft::edit
