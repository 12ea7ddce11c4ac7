#include "redraft/core/reply_log.h"

namespace redraft::core {

Json ByRole(const Spent& spent) {
  Json roles = Json::object();
  for (const auto& [role, used] : spent.by_role) {
    roles[ToString(role)] = {{"tries", used.tries},
                             {"tokens_in", used.usage.tokens_in},
                             {"tokens_out", used.usage.tokens_out},
                             {"cost", NumberOrNull(used.usage.cost)}};
  }
  return roles;
}

Result<std::optional<Reply>> MemoryReplyLog::Find(const std::string& key) {
  const auto it = replies_.find(key);
  return it == replies_.end() ? std::optional<Reply>() : std::optional<Reply>(it->second);
}

Status MemoryReplyLog::Plan(std::span<const PlannedRequest>) { return Ok{}; }

Status MemoryReplyLog::Commit(std::span<const Attempt> attempts) {
  for (const Attempt& attempt : attempts) {
    Consumed& by_role = spent_.by_role[attempt.role];
    ++spent_.tries;
    ++by_role.tries;
    if (!attempt.reply) continue;
    spent_.usage += attempt.reply->usage;
    by_role.usage += attempt.reply->usage;
    replies_.emplace(attempt.key, *attempt.reply);
  }
  return Ok{};
}

Result<Spent> MemoryReplyLog::Total() { return spent_; }

}  // namespace redraft::core
