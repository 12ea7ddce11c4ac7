#pragma once

// The schema's history: numbered scripts in data/migrations, applied in order, each exactly once,
// never changed after a release.
//
// Format  data/migrations/NNNN_name.sql; the numbers run 1, 2, 3, … without gaps.

#include <string>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/base/result.h"
#include "redraft/store/database.h"

namespace redraft::store {

struct Migration {
  int version = 0;
  std::string name;  ///< "0001_ledger"
  std::string sql;
};

/// The scripts that are part of this program, by version.
std::vector<Migration> BuiltInMigrations();

/// The version a file is at; 0 for a new one.
/// Errors: kConfig when the file belongs to another program.
Result<int> SchemaVersion(Database& database);

/// Brings the file to the last version of `migrations`, each script in one transaction with its
/// record. Does nothing when it is there already.
/// Errors: kConfig when the file is newer than the last migration, or older and read-only.
Status Migrate(Database& database, const std::vector<Migration>& migrations, const Clock& clock);

}  // namespace redraft::store
