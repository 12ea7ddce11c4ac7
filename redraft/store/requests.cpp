// Ledger's view of all requests of a run: streaming, counting, checking.

#include <fmt/format.h>

#include <array>

#include "redraft/store/ledger.h"
#include "redraft/store/migrations.h"
#include "redraft/store/rows.h"

namespace redraft::store {
namespace {

constexpr std::array kTables = {"runs",   "requests", "attempts", "replies",
                                "drafts", "verdicts", "ratings",  "events"};

/// What the foreign keys cannot say; each counts the rows that are wrong.
struct Contradiction {
  const char* what;
  const char* count;
};
constexpr std::array kContradictions = {
    Contradiction{"requests marked answered without a reply",
                  "SELECT count(*) FROM requests q WHERE state = 'answered' AND NOT EXISTS "
                  "(SELECT 1 FROM replies r WHERE r.run = q.run AND r.key = q.key)"},
    Contradiction{"replies to requests not marked answered",
                  "SELECT count(*) FROM requests q WHERE state <> 'answered' AND EXISTS "
                  "(SELECT 1 FROM replies r WHERE r.run = q.run AND r.key = q.key)"},
    Contradiction{"replies without the try that brought them",
                  "SELECT count(*) FROM replies r WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE "
                  "a.run = r.source_run AND a.key = r.key AND a.error_code IS NULL)"},
};

ErrorCode ParseErrorCode(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kFailed); ++i) {
    if (name == ToString(static_cast<ErrorCode>(i))) return static_cast<ErrorCode>(i);
  }
  return ErrorCode::kFailed;  // a code of a later version: still a failed try
}

Result<RequestRecord> ReadRequest(const Row& row) {
  RequestRecord record;
  record.key = row.Text(0);
  REDRAFT_ASSIGN(const Json request, StoredJson(row.Text(1)));
  auto parsed = core::RequestFromJson(request);
  if (!parsed) return Fail(Damaged(std::move(parsed).error()));
  record.request = std::move(*parsed);
  record.request.first = row.Text(2);
  record.request.second = row.Text(3);
  record.state = row.Text(4);
  if (row.IsNull(5)) return record;
  REDRAFT_ASSIGN(const Json json, StoredJson(row.Text(5)));
  auto reply = core::ReplyFromJson(json);
  if (!reply) return Fail(Damaged(std::move(reply).error()));
  record.reply = std::move(*reply);
  record.source_run = row.Text(6);
  return record;
}

AttemptRecord ReadAttempt(const Row& row) {
  AttemptRecord attempt;
  attempt.number = static_cast<int>(row.Int(0));
  attempt.started_ms = row.Int(1);
  attempt.latency_s = row.Real(2);
  attempt.usage = {row.Int(3), row.Int(4), row.Real(5)};
  if (!row.IsNull(6)) attempt.error = Error{ParseErrorCode(row.Text(6)), row.Text(7)};
  attempt.worker = row.Text(8);
  return attempt;
}

}  // namespace

Status Ledger::Requests(std::string_view run, const RequestFilter& filter,
                        const std::function<Status(const RequestRecord&)>& each) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  const std::string_view role = filter.role ? core::ToString(*filter.role) : "";
  const std::int64_t answered = !filter.answered ? -1 : *filter.answered ? 1 : 0;
  return database_->Query(
      "SELECT q.key, q.request, q.first_draft, q.second_draft, q.state, r.reply, r.source_run "
      "FROM requests q LEFT JOIN replies r ON r.run = q.run AND r.key = q.key "
      "WHERE q.run = ?1 AND (?2 = '' OR q.role = ?2) AND (?3 = -1 OR (?3 = 1 AND r.key IS NOT "
      "NULL) "
      "OR (?3 = 0 AND r.key IS NULL)) ORDER BY q.ordinal",
      {run, role, answered}, [&](const Row& row) -> Status {
        REDRAFT_ASSIGN(RequestRecord record, ReadRequest(row));
        REDRAFT_RETURN_IF_ERROR(database_->Query(
            "SELECT number, started_ms, latency_s, tokens_in, tokens_out, cost, error_code, error, "
            "worker FROM attempts WHERE run = ? AND key = ? ORDER BY number",
            {run, record.key}, [&](const Row& attempt) -> Status {
              record.attempts.push_back(ReadAttempt(attempt));
              return Ok{};
            }));
        return each(record);
      });
}

Result<Counts> Ledger::Count(std::string_view run) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  Counts counts;
  REDRAFT_RETURN_IF_ERROR(database_->Query(
      "SELECT (SELECT count(*) FROM drafts WHERE run = ?1), "
      "(SELECT count(DISTINCT generation) FROM drafts WHERE run = ?1), "
      "(SELECT count(*) FROM verdicts WHERE run = ?1), "
      "(SELECT count(*) FROM requests WHERE run = ?1), count(*) FROM attempts WHERE run = ?1",
      {run}, [&](const Row& row) -> Status {
        counts.drafts = row.Int(0);
        counts.generations = row.Int(1);
        counts.verdicts = row.Int(2);
        counts.requests = row.Int(3);
        counts.attempts = row.Int(4);
        return Ok{};
      }));
  REDRAFT_RETURN_IF_ERROR(database_->Query(
      "SELECT role, count(*) FROM requests WHERE run = ? AND state = 'answered' GROUP BY role",
      {run}, [&](const Row& row) -> Status {
        auto role = core::ParseRole(row.Text(0));
        if (!role) return Fail(Damaged(std::move(role).error()));
        counts.calls[*role] = row.Int(1);
        return Ok{};
      }));
  REDRAFT_ASSIGN(counts.spent, SpentBy(*database_, run));
  return counts;
}

Result<Health> Ledger::Check() {
  Health health;
  REDRAFT_ASSIGN(health.schema_version, SchemaVersion(*database_));
  REDRAFT_ASSIGN(health.problems, database_->IntegrityProblems());
  for (const Contradiction& contradiction : kContradictions) {
    REDRAFT_ASSIGN(const std::int64_t wrong, database_->Number(contradiction.count));
    if (wrong > 0) health.problems.push_back(fmt::format("{} {}", wrong, contradiction.what));
  }
  for (const char* table : kTables) {
    REDRAFT_ASSIGN(health.rows[table],
                   database_->Number(fmt::format("SELECT count(*) FROM {}", table)));
  }
  return health;
}

}  // namespace redraft::store
