#include "redraft/cli/ledger_run.h"

#include <utility>

#include "redraft/base/hash.h"
#include "redraft/base/version.h"
#include "redraft/cli/run_session.h"
#include "redraft/store/ledger.h"

namespace redraft::cli {
namespace {

Result<store::Run> RunFor(store::Ledger& ledger, Json manifest, const std::string& name) {
  const std::string identity = Sha256Hex(DumpJson(manifest));
  REDRAFT_ASSIGN(const auto same, ledger.FindByIdentity(identity));
  if (same) return *same;
  manifest["tool"] = kVersion;
  REDRAFT_ASSIGN(const std::string id, ledger.CreateRun({identity, name, manifest, ""}));
  return ledger.FindRun(id);
}

bool CanGoOn(ErrorCode code) {
  return code == ErrorCode::kBudgetExhausted || code == ErrorCode::kCancelled ||
         code == ErrorCode::kUnavailable || code == ErrorCode::kUnauthenticated;
}

Status Work(store::Ledger& ledger, const std::string& run,
            const std::function<Status(core::ReplyLog&)>& work) {
  REDRAFT_ASSIGN(const store::RunLock lock, ledger.Lock(run));
  REDRAFT_ASSIGN(const auto log, ledger.Replies(run));
  REDRAFT_RETURN_IF_ERROR(ledger.SetState(run, store::RunState::kRunning));
  const Status status = work(*log);
  REDRAFT_RETURN_IF_ERROR(
      ledger.SetState(run, status ? store::RunState::kFinished : StateOf(status.error().code)));
  if (status) return Ok{};
  Error error = status.error();
  if (CanGoOn(error.code)) error.message += "; nothing is lost: the same command goes on";
  return Fail(std::move(error));
}

}  // namespace

Result<std::string> WorkInLedger(const std::string& db, const Json& manifest,
                                 const std::string& name,
                                 const std::function<Status(core::ReplyLog&)>& work) {
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(db, {.create = true}));
  REDRAFT_ASSIGN(const store::Run run, RunFor(ledger, manifest, name));
  REDRAFT_RETURN_IF_ERROR(Work(ledger, run.id, work));
  return run.id;
}

Result<Json> FindInLedger(const std::string& db, const Json& manifest, const std::string& name,
                          const std::function<Result<Json>(core::ReplyLog&)>& work) {
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(db, {.create = true}));
  REDRAFT_ASSIGN(const store::Run run, RunFor(ledger, manifest, name));
  if (run.state == store::RunState::kFinished) return run.result;
  Json found;
  const auto keep = [&](core::ReplyLog& log) -> Status {
    REDRAFT_ASSIGN(found, work(log));
    return ledger.SetResult(run.id, found);
  };
  REDRAFT_RETURN_IF_ERROR(Work(ledger, run.id, keep));
  return found;
}

Status KeepInLedger(const std::string& db, const Json& manifest, const Json& found) {
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(db));
  REDRAFT_ASSIGN(const auto run, ledger.FindByIdentity(Sha256Hex(DumpJson(manifest))));
  if (!run) return Fail(ErrorCode::kNotFound, db + " has no such run any more");
  return ledger.SetResult(run->id, found);
}

}  // namespace redraft::cli
