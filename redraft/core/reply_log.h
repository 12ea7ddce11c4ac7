#pragma once

// What an llm::Client needs of the ledger: replies that exist already, and a durable place for new
// ones. Implemented by store::Ledger; tests use MemoryReplyLog.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "redraft/base/result.h"
#include "redraft/core/request.h"

namespace redraft::core {

struct PlannedRequest {
  std::string key;  ///< RequestKey(request)
  const Request* request = nullptr;
  std::string json;  ///< CanonicalJson(request); empty: it is made where it is needed
};

/// One try at a request: an error, or the reply that answers it.
struct Attempt {
  std::string key;
  int number = 1;               ///< 1 for the first try
  Role role = Role::kDraft;     ///< of the request
  std::int64_t started_ms = 0;  ///< UTC
  double latency_s = 0.0;
  std::optional<Error> error;  ///< set: the request stays open
  std::optional<Reply> reply;  ///< set: the request is answered
};

struct Consumed {
  std::int64_t tries = 0;
  Usage usage;
};

/// What a run has consumed so far, over all its sessions.
struct Spent {
  std::int64_t tries = 0;
  Usage usage;
  std::map<Role, Consumed> by_role;  ///< the same, apart
  double busy_s = 0.0;               ///< time during which at least one try was under way
};

/// {"<role>":{"tries","tokens_in","tokens_out","cost"},…}
Json ByRole(const Spent& spent);

/// The replies of one run.
/// Threads  called by the client's engine thread only.
class ReplyLog {
 public:
  virtual ~ReplyLog() = default;
  /// The committed reply to `key`, if there is one.
  virtual Result<std::optional<Reply>> Find(const std::string& key) = 0;
  /// Makes the requests durable as planned rows; those already known are left alone.
  virtual Status Plan(std::span<const PlannedRequest> requests) = 0;
  /// Makes tries durable, in one transaction; on return the replies may be used.
  virtual Status Commit(std::span<const Attempt> attempts) = 0;
  virtual Result<Spent> Total() = 0;
};

/// Keeps everything in memory: for tests and for commands without a ledger.
class MemoryReplyLog final : public ReplyLog {
 public:
  Result<std::optional<Reply>> Find(const std::string& key) override;
  Status Plan(std::span<const PlannedRequest> requests) override;
  Status Commit(std::span<const Attempt> attempts) override;
  Result<Spent> Total() override;

 private:
  std::map<std::string, Reply> replies_;
  Spent spent_;
};

}  // namespace redraft::core
