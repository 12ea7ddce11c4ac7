#include "redraft/llm/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

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
  core::Usage dearest = usage;  // all of the prompt may be written to the server's cache
  if (info.prices.cache_write.value_or(0.0) > info.prices.in) {
    dearest.tokens_cache_written = usage.tokens_in;
  }
  usage.cost = Cost(info.prices, dearest);
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

std::string OfRole(core::Role role) { return fmt::format(" of {}", core::ToString(role)); }

Limits Whole(const Budget& budget) {
  return {budget.max_calls, budget.max_tokens, budget.max_cost};
}

/// Fits for each of the limits; `whose` ends their names.
Result<bool> FitsAll(const Limits& limits, const std::string& whose, const core::Consumed& used,
                     const core::Usage& held, const core::Consumed& needed) {
  bool fits = true;
  if (limits.max_calls) {
    // A try counts when it is sent, so calls are never held.
    REDRAFT_ASSIGN(fits, Fits(Number(used.tries), 0.0, Number(needed.tries),
                              Number(*limits.max_calls), "calls" + whose));
  }
  if (fits && limits.max_tokens) {
    REDRAFT_ASSIGN(fits, Fits(Tokens(used.usage), Tokens(held), Tokens(needed.usage),
                              Number(*limits.max_tokens), "tokens" + whose));
  }
  if (fits && limits.max_cost) {
    REDRAFT_ASSIGN(fits, Fits(used.usage.cost, held.cost, needed.usage.cost, *limits.max_cost,
                              "units of cost" + whose));
  }
  return fits;
}

}  // namespace

double Cost(const Prices& prices, const core::Usage& usage) {
  const auto fresh = usage.tokens_in - usage.tokens_cached - usage.tokens_cache_written;
  return (Number(fresh) * prices.in +
          Number(usage.tokens_cached) * prices.cache_read.value_or(prices.in) +
          Number(usage.tokens_cache_written) * prices.cache_write.value_or(prices.in) +
          Number(usage.tokens_out) * prices.out) /
         1e6;
}

void BudgetAccount::Begin(core::Spent committed) {
  spent_ = std::move(committed);
  held_ = {};
  held_by_role_.clear();
}

Result<std::optional<core::Usage>> BudgetAccount::Reserve(const core::Request& request,
                                                          const EndpointInfo& info) {
  const core::Usage most = WorstCase(request, info);
  const bool counts = CountsAsCall(request.role);
  REDRAFT_ASSIGN(bool fits,
                 FitsAll(Whole(budget_), "", {spent_.tries - exempt_tries_, spent_.usage}, held_,
                         {counts ? 1 : 0, most}));
  if (const Limits* own = budget_.of(request.role); fits && own != nullptr) {
    REDRAFT_ASSIGN(fits, FitsAll(*own, OfRole(request.role), spent_.by_role[request.role],
                                 held_by_role_[request.role], {1, most}));
  }
  if (!fits) return std::nullopt;
  ++spent_.tries;
  ++spent_.by_role[request.role].tries;
  if (!counts) ++exempt_tries_;
  held_ += most;
  held_by_role_[request.role] += most;
  return most;
}

void BudgetAccount::Settle(core::Role role, const core::Usage& held, const core::Usage& used) {
  const core::Usage given_back = {-held.tokens_in, -held.tokens_out, -held.cost};
  held_ += given_back;
  held_by_role_[role] += given_back;
  spent_.usage += used;
  spent_.by_role[role].usage += used;
}

BudgetAccount::Use BudgetAccount::use() const {
  Use most;
  const auto consider = [&most](double used, double limit, const std::string& name) {
    const double share = limit <= 0.0 ? 1.0 : std::min(1.0, used / limit);
    if (share > most.share) most = {share, name};
  };
  const auto all = [&](const Limits& limits, const core::Consumed& used, const std::string& whose) {
    if (limits.max_calls) consider(Number(used.tries), Number(*limits.max_calls), "calls" + whose);
    if (limits.max_tokens) {
      consider(Tokens(used.usage), Number(*limits.max_tokens), "tokens" + whose);
    }
    if (limits.max_cost) consider(used.usage.cost, *limits.max_cost, "cost" + whose);
  };
  all(Whole(budget_), {spent_.tries - exempt_tries_, spent_.usage}, "");
  for (const auto& [role, limits] : budget_.by_role) {
    const auto used = spent_.by_role.find(role);
    if (used != spent_.by_role.end()) all(limits, used->second, OfRole(role));
  }
  return most;
}

}  // namespace redraft::llm
