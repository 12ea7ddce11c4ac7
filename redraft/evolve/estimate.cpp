#include "redraft/evolve/estimate.h"

namespace redraft::evolve {
namespace {

constexpr double kTokensPerWord = 1.35;
constexpr double kBytesPerToken = 4.0;

std::int64_t PromptTokens(const core::Request& request) {
  std::size_t bytes = 0;
  for (const core::Message& message : request.messages) bytes += message.content.size();
  return static_cast<std::int64_t>(static_cast<double>(bytes) / kBytesPerToken) + 8;
}

}  // namespace

std::size_t MostVerdicts(const EvolveOptions& o, std::size_t size, std::size_t fresh) {
  const std::size_t rounds = size / 2 * static_cast<std::size_t>(o.rounds);
  if (o.pairing == Pairing::kActive) return std::max(rounds, fresh);
  const std::size_t kept = size - fresh;
  return rounds + fresh * std::min(kept, static_cast<std::size_t>(o.parent_matches));
}

std::int64_t PlannedVerdicts(const EvolveOptions& o) {
  const auto initial = static_cast<std::size_t>(o.initial), top = static_cast<std::size_t>(o.top);
  const std::size_t variants = top * static_cast<std::size_t>(o.variants);
  const std::size_t batch = MostVerdicts(o, top + variants, variants);
  return static_cast<std::int64_t>(MostVerdicts(o, initial, 0) +
                                   static_cast<std::size_t>(o.generations) * batch);
}

Result<std::map<core::Role, RoleEstimate>> Estimate(const EvolveOptions& options, const Task& task,
                                                    int judge_calls, int judge_tokens_out) {
  const int most = task.brief.max_words;
  const double words =
      most == 0 ? 500 : (task.brief.min_words + most) / (task.brief.min_words ? 2.0 : 1.25);
  const auto text_tokens = static_cast<std::int64_t>(words * kTokensPerWord);
  core::Draft parent;
  parent.text =
      std::string(static_cast<std::size_t>(static_cast<double>(text_tokens) * kBytesPerToken), 'x');
  REDRAFT_ASSIGN(const auto draft, DraftRequest(task, options, {}, 0));
  REDRAFT_ASSIGN(const auto variant, VariantRequest(task, options, parent, {}, 0));

  std::map<core::Role, RoleEstimate> roles;
  const std::int64_t variants = std::int64_t{options.top} * options.variants * options.generations;
  roles[core::Role::kDraft] = {options.initial, options.initial * PromptTokens(draft),
                               options.initial * text_tokens};
  roles[core::Role::kVariant] = {variants, variants * PromptTokens(variant),
                                 variants * text_tokens};
  if (judge_calls > 0) {
    const std::int64_t calls = PlannedVerdicts(options) * judge_calls;
    const auto framing = static_cast<std::int64_t>(
        static_cast<double>(task.rubric.text.size() + task.brief.task.size() + 1200) /
        kBytesPerToken);
    roles[core::Role::kJudge] = {calls, calls * (framing + 2 * text_tokens),
                                 calls * judge_tokens_out};
  }
  return roles;
}

}  // namespace redraft::evolve
