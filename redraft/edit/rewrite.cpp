#include "redraft/edit/rewrite.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/check.h"
#include "redraft/base/random.h"
#include "redraft/edit/shown_text.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/llm/prompt.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr int kPassageWords = 300;       ///< what the model sees of the text
constexpr std::size_t kNearBytes = 160;  ///< shown again on each side of the marked place

/// The end of `before`, from a paragraph or at least a word on.
std::string_view LastPart(std::string_view before) {
  if (before.size() <= kNearBytes) return before;
  const std::size_t at = before.size() - kNearBytes;
  const std::size_t paragraph = before.rfind("\n\n"), word = before.find(' ', at);
  if (paragraph != std::string_view::npos && paragraph >= at) return before.substr(paragraph + 2);
  return word == std::string_view::npos ? std::string_view() : before.substr(word + 1);
}

std::string_view FirstPart(std::string_view after) {
  if (after.size() <= kNearBytes) return after;
  const std::size_t paragraph = after.find("\n\n"), word = after.rfind(' ', kNearBytes);
  if (paragraph <= kNearBytes) return after.substr(0, paragraph);
  return after.substr(0, word == std::string_view::npos ? 0 : word);
}

/// What the examples of the prompt answer. Small models answer that, too.
std::vector<std::string> ExampleAnswers(std::string_view system) {
  constexpr std::string_view kLabel = "\nAnswer: ";
  std::vector<std::string> answers;
  for (std::size_t at = system.find(kLabel); at != std::string_view::npos;
       at = system.find(kLabel, at)) {
    at += kLabel.size();
    answers.push_back(text::Normalise(system.substr(at, system.find('\n', at) - at)));
  }
  return answers;
}

bool MayDelete(const Seam& seam) {
  const std::string& category = seam.span().category;
  return seam.whole_sentences() || category == "unnecessary_exposition";
}

}  // namespace

RewriteJob::RewriteJob(std::string_view text, const std::vector<core::WeakSpan>& spans,
                       const RewriteOptions& options, const core::Scorer& scorer)
    : around_(text, options.names),
      options_(options),
      scorer_(scorer),
      passages_(Sections(text, kPassageWords)),
      against_(spans.size()) {
  for (const core::WeakSpan& span : spans) {
    seams_.emplace_back(text, span, around_.names);
    places_.push_back({.span = span, .candidates = {}, .chosen = {}});
  }
}

std::vector<core::Request> RewriteJob::Step(std::span<const core::Reply> replies) {
  for (std::size_t i = 0; i < replies.size(); ++i)
    Take(asked_[i].first, asked_[i].second, replies[i]);
  std::vector<core::Request> requests;
  if (replies.empty()) {
    for (std::size_t place = 0; place < places_.size(); ++place) {
      core::Request request = RequestFor(place);
      if (place == 0) examples_ = ExampleAnswers(request.messages.front().content);
      for (int candidate = 0; candidate < options_.candidates; ++candidate) {
        request.seed = SeedOf(candidate);
        requests.push_back(request);
        asked_.emplace_back(place, candidate);
      }
    }
  } else if (!repaired_) {
    requests = Repairs();
  }
  if (requests.empty()) {
    Choose(around_.text, places_, scorer_, options_.prices);
    revisions_ = Assembled(around_.text, places_, options_.candidates, scorer_, options_.prices);
    arms_ = ChooseArms(revisions_, Rng(options_.seed).Fork("rewrite/random"));
  }
  return requests;
}

// Spans with the same words and surroundings ask the same: the seed keeps to the candidate.
std::uint64_t RewriteJob::SeedOf(int candidate) const {
  return Rng(options_.seed).Fork(fmt::format("rewrite/{}", candidate)).seed();
}

core::Request RewriteJob::RequestFor(std::size_t place) const {
  const Seam& seam = seams_[place];
  const core::WeakSpan& span = seam.span();
  const Category* category = Taxonomy::Builtin().Find(span.category);
  const Json shown = {{"name", category == nullptr ? span.category : category->name},
                      {"description", category == nullptr ? "" : category->description},
                      {"advice", category == nullptr ? "" : category->advice}};
  const auto passage =
      std::ranges::find_if(passages_, [&](const Section& part) { return span.start < part.end; });
  REDRAFT_CHECK(passage != passages_.end());
  auto messages = llm::RenderPrompt(
      "edit/rewrite",
      {{"brief", ShownText(options_.brief)},
       {"passage", ShownText(around_.text.substr(passage->start, passage->end - passage->start))},
       {"before", ShownText(LastPart(around_.text.substr(0, span.start)))},
       {"span", ShownText(seam.words())},
       {"after", ShownText(FirstPart(around_.text.substr(span.end)))},
       {"category", shown},
       {"reason", ShownText(span.reason)},
       {"names", MustStay(around_, seam.words())},
       {"may_delete", MayDelete(seam)}});
  REDRAFT_CHECK(messages.has_value());
  // The passage comes first: places of one passage share their prompt up to there.
  const std::size_t shared = messages->back().content.find("</passage>");
  if (shared != std::string::npos) messages->back().shared_bytes = shared;
  core::Request request;
  request.role = core::Role::kEdit;
  request.model = options_.model;
  request.messages = std::move(*messages);
  request.sampling = {.temperature = 0.9, .top_p = 0.95};
  const int words = text::CountWords(seam.words());
  request.max_tokens = 4 * words + 48;
  if (options_.embedded) {
    request.length = core::LengthControl{0, std::max(words, 4), 2 * std::max(words, 6)};
  }
  return request;
}

void RewriteJob::Take(std::size_t place, int number, const core::Reply& reply) {
  core::Edit edit = seams_[place].Fit(reply.text);
  auto objections = Objections(around_, seams_[place], edit, reply.text);
  if (std::ranges::find(examples_, text::Normalise(edit.replacement)) != examples_.end()) {
    objections.push_back(Objection::kEcho);
  }
  for (const Objection objection : objections) {
    ++objections_[objection];
    auto& against = against_[place];
    if (std::ranges::find(against, objection) == against.end()) against.push_back(objection);
  }
  if (!objections.empty()) return;
  std::vector<Candidate>& known = places_[place].candidates;
  const auto same = std::ranges::find(known, edit, &Candidate::edit);
  if (same != known.end()) {
    same->replies.push_back(number);
  } else {
    known.push_back({.edit = std::move(edit), .replies = {number}});
  }
}

std::vector<core::Request> RewriteJob::Repairs() {
  repaired_ = true;
  std::vector<core::Request> requests;
  asked_.clear();
  for (std::size_t place = 0; place < places_.size(); ++place) {
    if (!places_[place].candidates.empty()) continue;
    std::vector<std::string> advice;
    for (const Objection objection : against_[place]) advice.emplace_back(Advice(objection));
    const auto note = llm::RenderPrompt("edit/rewrite-repair", {{"objections", advice}});
    REDRAFT_CHECK(note.has_value());
    core::Request& request = requests.emplace_back(RequestFor(place));
    request.seed = SeedOf(options_.candidates);
    request.role = core::Role::kRepair;
    // Some chat templates insist that user and assistant take turns: the note joins the last one.
    request.messages.back().content += "\n\n" + note->front().content;
    asked_.emplace_back(place, options_.candidates);
  }
  return requests;
}

}  // namespace redraft::edit
