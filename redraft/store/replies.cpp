// Ledger::Replies: the ledger as a core::ReplyLog.

#include <fmt/format.h>

#include <cmath>

#include "redraft/base/file.h"
#include "redraft/store/ledger.h"
#include "redraft/store/rows.h"

namespace redraft::store {
namespace {

/// Whether the reply can be read back exactly as it is.
Status CheckStorable(const core::Attempt& attempt) {
  const core::Reply& reply = *attempt.reply;
  const auto finite = [](auto value) { return std::isfinite(value); };
  if (FirstInvalidUtf8(reply.text) != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the reply to request {} is not UTF-8 text", attempt.key));
  }
  if (!std::ranges::all_of(reply.probs, finite) || !std::ranges::all_of(reply.logprobs, finite) ||
      !std::ranges::all_of(reply.embedding, finite) || !finite(reply.score.value_or(0)) ||
      !finite(reply.usage.cost) || !finite(reply.latency_s)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("the reply to request {} holds a number that is not finite", attempt.key));
  }
  return Ok{};
}

class LedgerReplies final : public core::ReplyLog {
 public:
  LedgerReplies(Database& database, std::string run, std::vector<std::string> ancestors,
                std::string worker)
      : database_(database),
        run_(std::move(run)),
        ancestors_(std::move(ancestors)),
        worker_(std::move(worker)) {}

  Result<std::optional<core::Reply>> Find(const std::string& key) override {
    REDRAFT_ASSIGN(auto own, Read(run_, key));
    if (own) return own;
    for (const std::string& ancestor : ancestors_) {
      REDRAFT_ASSIGN(auto inherited, Read(ancestor, key));
      if (!inherited) continue;
      REDRAFT_RETURN_IF_ERROR(CopyFrom(ancestor, key));
      return inherited;
    }
    return std::optional<core::Reply>();
  }

  Status Plan(std::span<const core::PlannedRequest> requests) override {
    if (requests.empty()) return Ok{};
    return database_.Transaction([&]() -> Status {
      for (const core::PlannedRequest& planned : requests) {
        REDRAFT_RETURN_IF_ERROR(PlanOne(planned));
      }
      return Ok{};
    });
  }

  Status Commit(std::span<const core::Attempt> attempts) override {
    if (attempts.empty()) return Ok{};
    return database_.Transaction([&]() -> Status {
      for (const core::Attempt& attempt : attempts) {
        REDRAFT_RETURN_IF_ERROR(Record(attempt));
        if (attempt.error) continue;
        REDRAFT_RETURN_IF_ERROR(Answer(attempt));
      }
      return Ok{};
    });
  }

  Result<core::Spent> Total() override { return SpentBy(database_, run_); }

 private:
  Result<std::optional<core::Reply>> Read(const std::string& run, const std::string& key) {
    std::optional<core::Reply> reply;
    REDRAFT_RETURN_IF_ERROR(database_.Query("SELECT reply FROM replies WHERE run = ? AND key = ?",
                                            {run, key}, [&](const Row& row) -> Status {
                                              REDRAFT_ASSIGN(const Json json,
                                                             StoredJson(row.Text(0)));
                                              auto parsed = core::ReplyFromJson(json);
                                              if (!parsed)
                                                return Fail(Damaged(std::move(parsed).error()));
                                              reply = std::move(*parsed);
                                              return Ok{};
                                            }));
    return reply;
  }

  Status CopyFrom(const std::string& ancestor, const std::string& key) {
    return database_.Transaction([&]() -> Status {
      // The fork may have planned the request itself before it looked.
      REDRAFT_RETURN_IF_ERROR(database_.Execute(
          "INSERT INTO requests (run, key, ordinal, role, kind, model, replicate, seed, "
          "prompt_hash, first_draft, second_draft, request, state) "
          "SELECT ?1, key, (SELECT coalesce(max(ordinal), 0) + 1 FROM requests WHERE run = ?1), "
          "role, kind, model, replicate, seed, prompt_hash, first_draft, second_draft, request, "
          "'planned' FROM requests WHERE run = ?2 AND key = ?3 "
          "ON CONFLICT (run, key) DO NOTHING",
          {run_, ancestor, key}));
      REDRAFT_RETURN_IF_ERROR(database_.Execute(
          "INSERT INTO replies (run, key, source_run, model, seed, prompt_hash, tokens_in, "
          "tokens_out, cost, latency_s, reply) "
          "SELECT ?1, key, source_run, model, seed, prompt_hash, tokens_in, tokens_out, cost, "
          "latency_s, reply FROM replies WHERE run = ?2 AND key = ?3",
          {run_, ancestor, key}));
      return MarkAnswered(key);
    });
  }

  Status PlanOne(const core::PlannedRequest& planned) {
    const core::Request& request = *planned.request;
    const std::string made = planned.json.empty() ? core::CanonicalJson(request) : "";
    const std::string& json = planned.json.empty() ? made : planned.json;
    const std::string prompt_hash = core::PromptHash(request);
    REDRAFT_RETURN_IF_ERROR(database_.Execute(
        "INSERT INTO requests (run, key, ordinal, role, kind, model, replicate, seed, "
        "prompt_hash, first_draft, second_draft, request, state) "
        "VALUES (?1, ?2, (SELECT coalesce(max(ordinal), 0) + 1 FROM requests WHERE run = ?1), ?3, "
        "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'planned') ON CONFLICT (run, key) DO NOTHING",
        {run_, planned.key, std::string_view(core::ToString(request.role)),
         std::string_view(core::ToString(request.kind)), request.model, request.replicate,
         static_cast<std::int64_t>(request.seed), prompt_hash, request.first, request.second,
         json}));
    return Ok{};
  }

  /// Writes the try under the next free number of its request.
  Status Record(const core::Attempt& attempt) {
    const core::Usage usage = attempt.reply ? attempt.reply->usage : core::Usage{};
    const auto& error = attempt.error;
    REDRAFT_ASSIGN(
        const std::int64_t written,
        database_.Execute(
            "INSERT INTO attempts (run, key, number, started_ms, latency_s, tokens_in, tokens_out, "
            "cost, error_code, error, worker) SELECT run, key, (SELECT coalesce(max(number), 0) + "
            "1 "
            "FROM attempts WHERE run = ?1 AND key = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 "
            "FROM requests WHERE run = ?1 AND key = ?2",
            {run_, attempt.key, attempt.started_ms, attempt.latency_s, usage.tokens_in,
             usage.tokens_out, usage.cost,
             error ? Value(std::string_view(ToString(error->code))) : Value(),
             error ? Value(error->message) : Value(), worker_}));
    if (written == 1) return Ok{};
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("request {} of run {} was not planned", attempt.key, run_));
  }

  Status Answer(const core::Attempt& attempt) {
    if (!attempt.reply) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("a try at request {} has neither error nor reply", attempt.key));
    }
    REDRAFT_RETURN_IF_ERROR(CheckStorable(attempt));
    const core::Reply& reply = *attempt.reply;
    const std::string json = DumpJson(core::ToJson(reply));
    REDRAFT_RETURN_IF_ERROR(database_.Execute(
        "INSERT INTO replies (run, key, source_run, model, seed, prompt_hash, tokens_in, "
        "tokens_out, cost, latency_s, reply) SELECT run, key, run, ?3, seed, prompt_hash, ?4, ?5, "
        "?6, ?7, ?8 FROM requests WHERE run = ?1 AND key = ?2 "
        "ON CONFLICT (run, key) DO NOTHING",
        {run_, attempt.key, reply.model, reply.usage.tokens_in, reply.usage.tokens_out,
         reply.usage.cost, reply.latency_s, json}));
    return MarkAnswered(attempt.key);
  }

  Status MarkAnswered(const std::string& key) {
    REDRAFT_RETURN_IF_ERROR(database_.Execute(
        "UPDATE requests SET state = 'answered', lease_owner = NULL, lease_until_ms = NULL "
        "WHERE run = ? AND key = ?",
        {run_, key}));
    return Ok{};
  }

  Database& database_;
  const std::string run_;
  const std::vector<std::string> ancestors_;  ///< nearest first
  const std::string worker_;
};

}  // namespace

Result<std::unique_ptr<core::ReplyLog>> Ledger::Replies(const std::string& run) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  std::vector<std::string> ancestors;
  for (std::string child = run;;) {
    std::string parent;
    REDRAFT_RETURN_IF_ERROR(database_->Query("SELECT parent FROM runs WHERE id = ?", {child},
                                             [&](const Row& row) -> Status {
                                               if (!row.IsNull(0)) parent = row.Text(0);
                                               return Ok{};
                                             }));
    if (parent.empty()) break;
    ancestors.push_back(parent);
    child = std::move(parent);
  }
  return std::make_unique<LedgerReplies>(*database_, run, std::move(ancestors), worker_);
}

}  // namespace redraft::store
