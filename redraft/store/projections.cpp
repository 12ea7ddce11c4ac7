// Ledger's projections: drafts, verdicts, ratings and events.

#include <fmt/format.h>

#include "redraft/store/ledger.h"
#include "redraft/store/rows.h"

namespace redraft::store {
namespace {

/// Reads the JSON in the first column of every row with `parse`.
template <class T>
Result<std::vector<T>> ReadAll(Database& database, std::string_view sql, std::string_view run,
                               Result<T> (*parse)(const Json&)) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(database, run));
  std::vector<T> items;
  REDRAFT_RETURN_IF_ERROR(database.Query(sql, {run}, [&](const Row& row) -> Status {
    REDRAFT_ASSIGN(const Json json, StoredJson(row.Text(0)));
    Result<T> item = parse(json);
    if (!item) return Fail(Damaged(std::move(item).error()));
    items.push_back(std::move(*item));
    return Ok{};
  }));
  return items;
}

Value NumberOrNullValue(const std::optional<double>& number) {
  return number ? Value(*number) : Value();
}

}  // namespace

Status Ledger::ReplaceProjections(std::string_view run, const Projections& projections) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  return database_->Transaction([&]() -> Status {
    REDRAFT_RETURN_IF_ERROR(DeleteProjections(run));
    REDRAFT_RETURN_IF_ERROR(InsertDrafts(run, projections.drafts));
    REDRAFT_RETURN_IF_ERROR(InsertVerdicts(run, projections.verdicts));
    REDRAFT_RETURN_IF_ERROR(InsertRatings(run, projections.ratings));
    return InsertEvents(run, projections.events);
  });
}

Status Ledger::ClearProjections(std::string_view run) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  return database_->Transaction([&] { return DeleteProjections(run); });
}

Status Ledger::AppendDrafts(std::string_view run, std::span<const core::Draft> drafts) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  return database_->Transaction([&] { return InsertDrafts(run, drafts); });
}

Status Ledger::AppendVerdicts(std::string_view run, std::span<const core::Verdict> verdicts) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  return database_->Transaction([&] { return InsertVerdicts(run, verdicts); });
}

Status Ledger::AppendEvents(std::string_view run, std::span<const Json> events) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  return database_->Transaction([&] { return InsertEvents(run, events); });
}

Status Ledger::DeleteProjections(std::string_view run) {
  REDRAFT_RETURN_IF_ERROR(database_->Execute("DELETE FROM drafts WHERE run = ?", {run}));
  REDRAFT_RETURN_IF_ERROR(database_->Execute("DELETE FROM verdicts WHERE run = ?", {run}));
  REDRAFT_RETURN_IF_ERROR(database_->Execute("DELETE FROM ratings WHERE run = ?", {run}));
  REDRAFT_RETURN_IF_ERROR(database_->Execute("DELETE FROM events WHERE run = ?", {run}));
  return Ok{};
}

Status Ledger::InsertDrafts(std::string_view run, std::span<const core::Draft> drafts) {
  REDRAFT_ASSIGN(
      std::int64_t seq,
      database_->Number("SELECT coalesce(max(seq), 0) FROM drafts WHERE run = ?", {run}));
  for (const core::Draft& draft : drafts) {
    const std::string json = DumpJson(core::ToJson(draft));
    REDRAFT_ASSIGN(
        const std::int64_t written,
        database_->Execute("INSERT INTO drafts (run, seq, id, generation, founder, operation, "
                           "style, theme, objective, draft) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                           "ON CONFLICT (run, id) DO NOTHING",
                           {run, ++seq, draft.id, draft.generation, draft.founder, draft.operation,
                            draft.style, draft.theme, draft.objective, json}));
    if (written == 0) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("run {} has a draft {} already; clear its projections before they "
                              "are derived again",
                              run, draft.id));
    }
  }
  return Ok{};
}

Status Ledger::InsertVerdicts(std::string_view run, std::span<const core::Verdict> verdicts) {
  REDRAFT_ASSIGN(
      std::int64_t seq,
      database_->Number("SELECT coalesce(max(seq), 0) FROM verdicts WHERE run = ?", {run}));
  for (const core::Verdict& verdict : verdicts) {
    const std::string json = DumpJson(core::ToJson(verdict));
    REDRAFT_RETURN_IF_ERROR(
        database_->Execute("INSERT INTO verdicts (run, seq, generation, a, b, p_a, judge, verdict) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                           {run, ++seq, verdict.generation, verdict.a, verdict.b,
                            NumberOrNullValue(verdict.p_a), verdict.judge, json}));
  }
  return Ok{};
}

Status Ledger::InsertRatings(std::string_view run, std::span<const Rating> ratings) {
  std::int64_t seq = 0;
  for (const Rating& rating : ratings) {
    REDRAFT_RETURN_IF_ERROR(database_->Execute(
        "INSERT INTO ratings (run, seq, id, elo, bt, se, n) VALUES (?, ?, ?, ?, ?, ?, ?)",
        {run, ++seq, rating.id, rating.elo, NumberOrNullValue(rating.bt),
         NumberOrNullValue(rating.se), rating.n}));
  }
  return Ok{};
}

Status Ledger::InsertEvents(std::string_view run, std::span<const Json> events) {
  REDRAFT_ASSIGN(
      std::int64_t seq,
      database_->Number("SELECT coalesce(max(seq), 0) FROM events WHERE run = ?", {run}));
  for (const Json& event : events) {
    const std::string json = DumpJson(event);
    REDRAFT_RETURN_IF_ERROR(database_->Execute(
        "INSERT INTO events (run, seq, event) VALUES (?, ?, ?)", {run, ++seq, json}));
  }
  return Ok{};
}

Result<std::vector<core::Draft>> Ledger::Drafts(std::string_view run) {
  return ReadAll(*database_, "SELECT draft FROM drafts WHERE run = ? ORDER BY seq", run,
                 &core::DraftFromJson);
}

Result<std::vector<core::Verdict>> Ledger::Verdicts(std::string_view run) {
  return ReadAll(*database_, "SELECT verdict FROM verdicts WHERE run = ? ORDER BY seq", run,
                 &core::VerdictFromJson);
}

Result<std::vector<Rating>> Ledger::Ratings(std::string_view run) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  std::vector<Rating> ratings;
  REDRAFT_RETURN_IF_ERROR(
      database_->Query("SELECT id, elo, bt, se, n FROM ratings WHERE run = ? ORDER BY seq", {run},
                       [&](const Row& row) -> Status {
                         Rating rating{row.Text(0), row.Real(1), std::nullopt, std::nullopt,
                                       static_cast<int>(row.Int(4))};
                         if (!row.IsNull(2)) rating.bt = row.Real(2);
                         if (!row.IsNull(3)) rating.se = row.Real(3);
                         ratings.push_back(std::move(rating));
                         return Ok{};
                       }));
  return ratings;
}

Result<std::vector<Event>> Ledger::Events(std::string_view run, std::int64_t after) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  std::vector<Event> events;
  REDRAFT_RETURN_IF_ERROR(
      database_->Query("SELECT seq, event FROM events WHERE run = ? AND seq > ? ORDER BY seq",
                       {run, after}, [&](const Row& row) -> Status {
                         REDRAFT_ASSIGN(Json json, StoredJson(row.Text(1)));
                         events.push_back({row.Int(0), std::move(json)});
                         return Ok{};
                       }));
  return events;
}

}  // namespace redraft::store
