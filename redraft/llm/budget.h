#pragma once

// The limits that the user sets for a whole run, and the account that keeps a client within them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/reply_log.h"
#include "redraft/core/request.h"
#include "redraft/llm/endpoint.h"

namespace redraft::llm {

/// Upper limits for the whole run, earlier sessions included.
///
/// The clock of `max_seconds` runs while a session works; of earlier sessions it counts the time
/// during which a try was under way.
///
/// A request is sent only when its worst case still fits: one call, its prompt at one token per
/// three bytes, and `max_tokens` written tokens. Requests in flight hold such reservations and
/// settle with what the reply says. Calls of the roles check and probe do not count as calls.
struct Limits {
  std::optional<std::int64_t> max_calls;   ///< tries, failed ones included
  std::optional<std::int64_t> max_tokens;  ///< prompt and written tokens together
  std::optional<double> max_cost;          ///< in the currency of the endpoints' prices
};
struct Budget {
  std::optional<std::int64_t> max_calls, max_tokens;  ///< as in Limits
  std::optional<double> max_cost;
  std::optional<double> max_seconds;                   ///< of work
  std::vector<std::pair<core::Role, Limits>> by_role;  ///< of single roles, beside the whole's

  /// The limits of one role; nullptr: none.
  const Limits* of(core::Role role) const {
    for (const auto& [limited, limits] : by_role) {
      if (limited == role) return &limits;
    }
    return nullptr;
  }
  bool limits_cost(core::Role role) const {
    const Limits* own = of(role);
    return max_cost.has_value() || (own != nullptr && own->max_cost.has_value());
  }
};

/// The price of `usage`'s tokens.
double Cost(const Prices& prices, const core::Usage& usage);

/// What a run has consumed and what its tries in flight may yet consume, held against a budget.
///
/// Threads  none of its own; called by the client's engine thread only.
class BudgetAccount {
 public:
  explicit BudgetAccount(Budget budget) : budget_(budget) {}

  /// Starts from what is committed, with nothing in flight. That earlier tries of this account did
  /// not count as calls is remembered.
  void Begin(core::Spent committed);

  /// Counts a try that is about to be sent and holds its worst case, which is returned. None: it
  /// has to wait until tries in flight settle for less than they hold; nothing is counted.
  /// Errors: kBudgetExhausted when it would not fit even then.
  Result<std::optional<core::Usage>> Reserve(const core::Request& request,
                                             const EndpointInfo& info);

  /// Ends a try: gives back what Reserve held for it, and adds what it really used.
  void Settle(core::Role role, const core::Usage& held, const core::Usage& used);

  /// The largest share of a limit that is used, in [0, 1], and which one that is; 0: no limits.
  struct Use {
    double share = 0.0;
    std::string limit;  ///< "calls", "tokens of judge", …
  };
  Use use() const;

  /// Committed, plus the tries in flight and what has settled since Begin.
  const core::Spent& spent() const { return spent_; }

 private:
  Budget budget_;
  core::Spent spent_;
  core::Usage held_;  // by the tries in flight
  std::map<core::Role, core::Usage> held_by_role_;
  std::int64_t exempt_tries_ = 0;  // of roles that do not count as calls
};

}  // namespace redraft::llm
