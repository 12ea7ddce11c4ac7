#include "redraft/store/rows.h"

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

}  // namespace redraft::store
