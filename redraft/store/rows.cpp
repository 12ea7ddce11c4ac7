#include "redraft/store/rows.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace redraft::store {

Error Damaged(Error error) {
  return {ErrorCode::kConfig,
          "the ledger is damaged (" + error.message + "); `redraft doctor` tells what is left"};
}

Result<Json> StoredJson(const std::string& text) {
  Result<Json> json = ParseJson(text);
  if (!json) return Fail(Damaged(std::move(json).error()));
  return json;
}

tl::unexpected<Error> NoSuchRun(const Database& database, std::string_view run) {
  return Fail(ErrorCode::kNotFound,
              fmt::format("there is no run '{}' in ledger {}; `redraft runs` lists them", run,
                          database.path().string()));
}

Status RequireRun(Database& database, std::string_view run) {
  REDRAFT_ASSIGN(const std::int64_t found,
                 database.Number("SELECT count(*) FROM runs WHERE id = ?", {run}));
  return found == 1 ? Status(Ok{}) : Status(NoSuchRun(database, run));
}

namespace {

/// Length of the union of all tries.
Result<double> BusySeconds(Database& database, std::string_view run) {
  std::int64_t covered_ms = 0, end_ms = 0;
  REDRAFT_RETURN_IF_ERROR(
      database.Query("SELECT started_ms, latency_s FROM attempts WHERE run = ? ORDER BY started_ms",
                     {run}, [&](const Row& row) -> Status {
                       const std::int64_t from = std::max(row.Int(0), end_ms);
                       const std::int64_t to = row.Int(0) + std::llround(row.Real(1) * 1000.0);
                       covered_ms += std::max<std::int64_t>(0, to - from);
                       end_ms = std::max(end_ms, to);
                       return Ok{};
                     }));
  return static_cast<double>(covered_ms) / 1000.0;
}

}  // namespace

Result<core::Spent> SpentBy(Database& database, std::string_view run) {
  core::Spent spent;
  REDRAFT_RETURN_IF_ERROR(database.Query(
      "SELECT r.role, count(*), sum(a.tokens_in), sum(a.tokens_out), sum(a.cost) "
      "FROM attempts a JOIN requests r ON r.run = a.run AND r.key = a.key "
      "WHERE a.run = ? GROUP BY r.role ORDER BY r.role",
      {run}, [&](const Row& row) -> Status {
        auto role = core::ParseRole(row.Text(0));
        if (!role) return Fail(Damaged(std::move(role).error()));
        const core::Consumed part = {row.Int(1), {row.Int(2), row.Int(3), row.Real(4)}};
        spent.tries += part.tries;
        spent.usage += part.usage;
        spent.by_role[*role] = part;
        return Ok{};
      }));
  REDRAFT_ASSIGN(spent.busy_s, BusySeconds(database, run));
  return spent;
}

}  // namespace redraft::store
