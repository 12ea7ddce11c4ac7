#include "redraft/llm/budget.h"

#include <fmt/format.h>

#include <string_view>

namespace redraft::llm {
namespace {

bool CountsAsCall(core::Role role) {
  return role != core::Role::kCheck && role != core::Role::kProbe;
}

/// The most that one try may consume. Three bytes per token is below what any tokenizer in use
/// needs for prose.
core::Usage WorstCase(const core::Request& request, const EndpointInfo& info) {
  std::size_t bytes = request.text.size();
  for (const core::Message& message : request.messages) bytes += message.content.size() + 16;
  core::Usage usage;
  usage.tokens_in = static_cast<std::int64_t>(bytes / 3 + 1);
  usage.tokens_out = request.kind == core::RequestKind::kChat     ? request.max_tokens
                     : request.kind == core::RequestKind::kLabels ? 1
                                                                  : 0;
  usage.cost = Cost(info, usage);
  return usage;
}

/// Whether `needed` fits under the limit now.
/// Errors: kBudgetExhausted when it will not fit whatever becomes of what is held.
Result<bool> Fits(double used, double held, double needed, double limit, std::string_view unit) {
  if (needed <= 0.0 || used + held + needed <= limit) return true;
  if (used + needed <= limit) return false;
  return Fail(
      ErrorCode::kBudgetExhausted,
      fmt::format("budget reached: {:g} of {:g} {} used and the next request may take {:g}; "
                  "run again with a higher limit to go on",
                  used, limit, unit, needed));
}

double Number(std::int64_t value) { return static_cast<double>(value); }

double Tokens(const core::Usage& usage) { return Number(usage.tokens_in + usage.tokens_out); }

}  // namespace

double Cost(const EndpointInfo& info, const core::Usage& usage) {
  return (Number(usage.tokens_in) * info.price_in + Number(usage.tokens_out) * info.price_out) /
         1e6;
}

void BudgetAccount::Begin(core::Spent committed) {
  spent_ = committed;
  held_ = {};
}

Result<std::optional<core::Usage>> BudgetAccount::Reserve(const core::Request& request,
                                                          const EndpointInfo& info) {
  const core::Usage most = WorstCase(request, info);
  const bool counts = CountsAsCall(request.role);
  bool fits = true;
  if (budget_.max_calls) {
    // A try counts when it is sent, so calls are never held.
    REDRAFT_ASSIGN(fits, Fits(Number(spent_.tries - exempt_tries_), 0.0, counts ? 1.0 : 0.0,
                              Number(*budget_.max_calls), "calls"));
  }
  if (fits && budget_.max_tokens) {
    REDRAFT_ASSIGN(fits, Fits(Tokens(spent_.usage), Tokens(held_), Tokens(most),
                              Number(*budget_.max_tokens), "tokens"));
  }
  if (fits && budget_.max_cost) {
    REDRAFT_ASSIGN(
        fits, Fits(spent_.usage.cost, held_.cost, most.cost, *budget_.max_cost, "units of cost"));
  }
  if (!fits) return std::nullopt;
  ++spent_.tries;
  if (!counts) ++exempt_tries_;
  held_ += most;
  return most;
}

void BudgetAccount::Settle(const core::Usage& held, const core::Usage& used) {
  held_ += {-held.tokens_in, -held.tokens_out, -held.cost};
  spent_.usage += used;
}

}  // namespace redraft::llm
