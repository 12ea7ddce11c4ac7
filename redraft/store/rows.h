#pragma once

// What the ledger's source files share about reading and checking its rows. Internal to store.

#include <string>
#include <string_view>

#include "redraft/base/json.h"
#include "redraft/base/result.h"
#include "redraft/core/reply_log.h"
#include "redraft/store/database.h"

namespace redraft::store {

/// JSON as the ledger wrote it. Errors: kConfig, since it can only be damaged.
Result<Json> StoredJson(const std::string& text);

/// The same error as damage to the ledger: kConfig.
Error Damaged(Error error);

/// kNotFound, naming the run and the ledger.
tl::unexpected<Error> NoSuchRun(const Database& database, std::string_view run);

/// Errors: kNotFound.
Status RequireRun(Database& database, std::string_view run);

/// What the tries of a run have consumed, by role and together.
Result<core::Spent> SpentBy(Database& database, std::string_view run);

}  // namespace redraft::store
