#include "redraft/store/migrations.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"

namespace redraft::store {
namespace {

constexpr std::string_view kFolder = "data/migrations/";
constexpr std::string_view kExtension = ".sql";

Status CheckNotNewer(const Database& database, int version, std::size_t known) {
  if (static_cast<std::size_t>(version) <= known) return Ok{};
  return Fail(ErrorCode::kConfig,
              fmt::format("ledger {} was written by a newer redraft (schema {}; this one knows up "
                          "to {}); use that, or name another ledger with --db",
                          database.path().string(), version, known));
}

/// One step, inside a transaction.
Status Apply(Database& database, const Migration& migration, std::size_t known,
             const Clock& clock) {
  // Another process may have been faster.
  REDRAFT_ASSIGN(const int version, SchemaVersion(database));
  REDRAFT_RETURN_IF_ERROR(CheckNotNewer(database, version, known));
  if (version >= migration.version) return Ok{};
  if (version == 0) {
    REDRAFT_RETURN_IF_ERROR(
        database.Script("CREATE TABLE schema_migrations (version INTEGER NOT NULL PRIMARY KEY, "
                        "name TEXT NOT NULL, applied_ms BIGINT NOT NULL)"));
  }
  REDRAFT_RETURN_IF_ERROR(database.Script(migration.sql));
  REDRAFT_RETURN_IF_ERROR(
      database.Execute("INSERT INTO schema_migrations (version, name, applied_ms) VALUES (?, ?, ?)",
                       {migration.version, migration.name, clock.UnixMillis()}));
  return Ok{};
}

}  // namespace

std::vector<Migration> BuiltInMigrations() {
  std::vector<Migration> migrations;
  for (const Asset& asset : Assets()) {  // sorted by name, hence by number
    if (!asset.name.starts_with(kFolder) || !asset.name.ends_with(kExtension)) continue;
    std::string_view name = asset.name.substr(kFolder.size());
    name.remove_suffix(kExtension.size());
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    REDRAFT_CHECK(version == static_cast<int>(migrations.size()) + 1);
    migrations.push_back({version, std::string(name), std::string(asset.bytes)});
  }
  REDRAFT_CHECK(!migrations.empty());
  return migrations;
}

Result<int> SchemaVersion(Database& database) {
  if (!database.HasTable("schema_migrations")) {
    if (database.HasNoTables()) return 0;
    return Fail(ErrorCode::kConfig,
                fmt::format("{} is an SQLite file of another program; name another with --db",
                            database.path().string()));
  }
  REDRAFT_ASSIGN(const std::int64_t version,
                 database.Number("SELECT coalesce(max(version), 0) FROM schema_migrations"));
  return static_cast<int>(version);
}

Status Migrate(Database& database, const std::vector<Migration>& migrations, const Clock& clock) {
  REDRAFT_ASSIGN(const int version, SchemaVersion(database));
  REDRAFT_RETURN_IF_ERROR(CheckNotNewer(database, version, migrations.size()));
  if (static_cast<std::size_t>(version) == migrations.size()) return Ok{};
  if (database.read_only()) {
    return Fail(ErrorCode::kConfig,
                fmt::format("ledger {} has the older schema {}; any command that writes to it, "
                            "such as `redraft resume`, brings it up to {}",
                            database.path().string(), version, migrations.size()));
  }
  for (const Migration& migration : migrations) {
    if (migration.version <= version) continue;
    REDRAFT_RETURN_IF_ERROR(
        database.Transaction([&] { return Apply(database, migration, migrations.size(), clock); }));
  }
  return Ok{};
}

}  // namespace redraft::store
