#include "redraft/evolve/task.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/random.h"
#include "redraft/edit/detect.h"
#include "redraft/edit/revise.h"
#include "redraft/llm/prompt.h"

namespace redraft::evolve {
namespace {

Json ChoiceJson(const core::Choice& choice) {
  return {{"name", choice.name}, {"description", choice.description}};
}

/// The values that drafts and variants share.
Json TaskValues(const Task& task) {
  std::string criteria;
  for (const core::Criterion& c : task.rubric.criteria) {
    criteria += (criteria.empty() ? "" : ", ") + c.name;
  }
  return {{"writer_role", task.pack.writer_role},
          {"noun", task.pack.noun},
          {"task", task.brief.task},
          {"form", task.brief.form},
          {"audience", task.brief.audience},
          {"length", LengthRule(task.brief)},
          {"criteria", criteria},
          {"context", task.context}};
}

/// Bounds for the sampler of the embedded engine. It aims at the upper middle of the range: small
/// models that are pulled to an end too early stop in the middle of their story.
std::optional<core::LengthControl> LengthFor(const core::Brief& brief) {
  if (brief.max_words == 0) return std::nullopt;
  const int low = brief.min_words > 0 ? brief.min_words : brief.max_words / 2;
  return core::LengthControl{brief.min_words, low + (brief.max_words - low) / 2, brief.max_words};
}

Result<core::Request> WritingRequest(const Task& task, const EvolveOptions& options,
                                     core::Role role, const char* prompt, const Json& values,
                                     std::uint64_t seed) {
  core::Request request;
  request.role = role;
  request.model = options.writer;
  REDRAFT_ASSIGN(request.messages, llm::RenderPrompt(prompt, values));
  request.sampling = options.sampling;
  // English takes about 1.35 tokens a word; twice that leaves room for endpoints that must finish.
  request.max_tokens = task.brief.max_words > 0 ? 2 * task.brief.max_words + 128 : 4096;
  if (options.embedded) request.length = LengthFor(task.brief);
  request.seed = seed;
  return request;
}

/// What a gate reason means to a writer.
std::string Advice(const std::string& reason) {
  if (reason == "too_long") return "It was too long.";
  if (reason == "too_short") return "It was too short.";
  if (reason == "unfinished") return "It broke off before its end.";
  if (reason == "repetition") return "It repeated itself.";
  if (reason == "preface") return "It talked about the text instead of being the text.";
  if (reason == "refusal") return "It declined the task, which is harmless.";
  if (reason == "duplicate" || reason == "near_duplicate") {
    return "It said nearly the same, in the same words, as a text that exists already. Use new "
           "sentences.";
  }
  return "It was not readable prose.";
}

}  // namespace

std::string LengthRule(const core::Brief& brief) {
  constexpr int kWordsPerSentence = 14;
  constexpr int kMostSentences = 20;
  if (brief.max_words == 0) return "";
  if (brief.min_words == 0) return fmt::format("at most {} words", brief.max_words);
  std::string rule = fmt::format("between {} and {} words", brief.min_words, brief.max_words);
  const int most = brief.max_words / kWordsPerSentence;
  if (most < 2 || most > kMostSentences) return rule;
  const int least = std::min(most - 1, std::max(1, brief.min_words / kWordsPerSentence + 1));
  return fmt::format("{}, which is {} to {} sentences", rule, least, most);
}

Result<core::Request> DraftRequest(const Task& task, const EvolveOptions& options,
                                   const DraftDraw& draw, std::uint64_t seed) {
  Json values = TaskValues(task);
  values["style"] = ChoiceJson(task.pack.styles.at(draw.style));
  values["theme"] = ChoiceJson(task.pack.themes.at(draw.theme));
  return WritingRequest(task, options, core::Role::kDraft, "write/draft", values, seed);
}

Result<core::Request> VariantRequest(const Task& task, const EvolveOptions& options,
                                     const core::Draft& parent, const VariantDraw& draw,
                                     std::uint64_t seed) {
  Json values = TaskValues(task);
  values["parent"] = parent.text;
  values["critique"] = draw.critique;
  values["objective"] = ChoiceJson(task.pack.objectives.at(draw.objective));
  REDRAFT_ASSIGN(auto request, WritingRequest(task, options, core::Role::kVariant, "write/variant",
                                              values, seed));
  // Small models like to hand the parent back word for word; the engine can make that costly.
  request.sampling.dry_prompt = options.embedded;
  return request;
}

core::Request MendingRequest(const Task& task, const EvolveOptions& options,
                             const core::Draft& parent, std::uint64_t seed) {
  const edit::RewriteOptions rewrite{
      .model = options.writer, .brief = task.brief.task, .seed = seed};
  core::Request request = edit::RevisionRequest(edit::Surroundings(parent.text),
                                                edit::Detect(parent.text, {}), rewrite);
  request.role = core::Role::kVariant;
  request.sampling = options.sampling;
  if (options.embedded) request.length = LengthFor(task.brief);
  return request;
}

Result<core::Request> RepairRequest(const Task& task, const core::Request& request,
                                    const std::vector<std::string>& reasons, int attempt) {
  std::vector<std::string> advice;
  for (const std::string& reason : reasons) {
    std::string sentence = Advice(reason);
    if (std::ranges::find(advice, sentence) == advice.end()) advice.push_back(std::move(sentence));
  }
  REDRAFT_ASSIGN(const auto note,
                 llm::RenderPrompt("write/repair", {{"noun", task.pack.noun},
                                                    {"reasons", advice},
                                                    {"length", LengthRule(task.brief)}}));
  core::Request again = request;
  again.role = core::Role::kRepair;
  // Some chat templates insist that user and assistant take turns: the note joins the last message.
  for (const core::Message& message : note)
    again.messages.back().content += "\n\n" + message.content;
  again.seed = Rng(request.seed).Fork(fmt::format("repair/{}", attempt)).seed();
  return again;
}

}  // namespace redraft::evolve
