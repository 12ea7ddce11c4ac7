#pragma once

// Runs of the ledger whose work is to ask a list of questions: no engine, no projections. Running
// the same command again goes on with the run and asks nothing that is answered.

#include <functional>
#include <string>

#include "redraft/base/json.h"
#include "redraft/base/result.h"
#include "redraft/core/reply_log.h"

namespace redraft::cli {

/// Calls `work` with the replies of the run that has this manifest, made when it is missing and
/// held for this process meanwhile, and notes how it ended. Returns the run's id. Errors: what
/// `work` returns, with the way to go on where there is one; the ledger's.
Result<std::string> WorkInLedger(const std::string& db, const Json& manifest,
                                 const std::string& name,
                                 const std::function<Status(core::ReplyLog&)>& work);

/// The same for work that finds something: what the run found is kept, and a finished run is not
/// worked on again.
Result<Json> FindInLedger(const std::string& db, const Json& manifest, const std::string& name,
                          const std::function<Result<Json>(core::ReplyLog&)>& work);

/// Puts `found` into the place of what FindInLedger kept. Errors: kNotFound when there is no such
/// run; the ledger's.
Status KeepInLedger(const std::string& db, const Json& manifest, const Json& found);

}  // namespace redraft::cli
