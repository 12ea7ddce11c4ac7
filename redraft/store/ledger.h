#pragma once

// The ledger: every run with its manifest, every model call that it planned, every try at it and
// every reply. It is the checkpoint (resume asks nothing that is answered), the cache, the audit
// trail, and what a replay reads instead of a model.
//
//   REDRAFT_ASSIGN(Ledger ledger, Ledger::Open("redraft.db", {.create = true}));
//   REDRAFT_ASSIGN(std::string run, ledger.CreateRun({.identity = hash, .manifest = manifest}));
//   REDRAFT_ASSIGN(RunLock lock, ledger.Lock(run));
//   client.Use(*ledger.Replies(run));
//
// Runs, requests, attempts and replies are facts and only ever added to. Drafts, verdicts, ratings
// and events are projections: derived from the facts by the engine, here so that people and the web
// page can read them, and deleted and made again at will.
//
// Format   one SQLite file; tables in data/migrations; durability and waiting in database.h.
// Threads  one thread at a time; another thread or process opens its own Ledger.
// Errors   kConfig: the file is missing, corrupt, newer, locked, unwritable or the disk is full;
//          what was being written is then not there at all. kNotFound: no such run.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/clock.h"
#include "redraft/base/json.h"
#include "redraft/base/result.h"
#include "redraft/core/draft.h"
#include "redraft/core/reply_log.h"
#include "redraft/core/verdict.h"
#include "redraft/store/database.h"
#include "redraft/store/run_lock.h"

namespace redraft::store {

enum class RunState {
  kRunning,  ///< a process works on it, or died doing so (see Ledger::WorkedOnBy)
  kFinished,
  kBudget,       ///< stopped at a limit; resumable
  kInterrupted,  ///< stopped by the user; resumable
  kFailed,
};
const char* ToString(RunState state);

struct NewRun {
  std::string identity;  ///< hash of everything that decides the run: configuration, seed, prompts
  std::string name;      ///< for people; may be empty
  Json manifest;         ///< an object; its "brief"."sha256" is what RunsOfBrief looks for
  std::string parent;    ///< id of the run this one is a fork of; empty: none
};

struct Run {
  std::string id;  ///< 12 hex digits
  std::int64_t created_ms = 0;
  std::string identity, name;
  Json manifest;
  RunState state = RunState::kRunning;
  std::string parent;  ///< empty: not a fork
  Json result;         ///< null until SetResult
};

/// A try as it is on record.
struct AttemptRecord {
  int number = 1;
  std::int64_t started_ms = 0;
  double latency_s = 0.0;
  core::Usage usage;
  std::optional<Error> error;
  std::string worker;
};

/// A planned request with all that came of it.
struct RequestRecord {
  std::string key;
  core::Request request;
  std::string state;                    ///< "planned", "leased" or "answered"
  std::vector<AttemptRecord> attempts;  ///< by number
  std::optional<core::Reply> reply;
  std::string source_run;  ///< the run that asked; an ancestor's when reused
};

struct RequestFilter {
  std::optional<core::Role> role;
  std::optional<bool> answered;
};

struct Rating {
  std::string id;            ///< draft
  double elo = 0.0;          ///< plain replay in logged order
  std::optional<double> bt;  ///< Bradley–Terry, in logits
  std::optional<double> se;
  int n = 0;  ///< verdicts it took part in
  bool operator==(const Rating&) const = default;
};

struct Event {
  std::int64_t seq = 0;  ///< 1, 2, …
  Json json;
  bool operator==(const Event&) const = default;
};

struct Projections {
  std::vector<core::Draft> drafts;
  std::vector<core::Verdict> verdicts;  ///< in logged order
  std::vector<Rating> ratings;          ///< in the order to be shown
  std::vector<Json> events;
};

struct Counts {
  std::int64_t drafts = 0, verdicts = 0;
  std::int64_t requests = 0;  ///< planned, answered or not
  std::int64_t attempts = 0;
  std::int64_t generations = 0;  ///< distinct ones among the drafts, the first drafts' included
  std::map<core::Role, std::int64_t> calls;  ///< answered requests, replies reused included
  core::Spent spent;                         ///< by this run alone
};

/// What Check found.
struct Health {
  int schema_version = 0;
  std::vector<std::string> problems;         ///< one line each; empty: the ledger is sound
  std::map<std::string, std::int64_t> rows;  ///< by table
};

struct OpenOptions {
  bool create = false;  ///< make the ledger when it is missing
  bool read_only = false;
  std::chrono::milliseconds patience{5000};  ///< wait this long for another process's write
  std::string worker;                        ///< recorded with every try; empty: "process PID"
  const Clock* clock = &SystemClock();
};

class Ledger {
 public:
  /// Opens a ledger and brings an older one to this program's schema.
  static Result<Ledger> Open(const std::filesystem::path& path, const OpenOptions& options = {});

  // --- Runs

  /// Errors: kNotFound for an unknown parent.
  Result<std::string> CreateRun(const NewRun& run);
  /// `name` is an id, a unique prefix of one, or "latest".
  /// Errors: kNotFound; kInvalidArgument when several runs begin so, listing them.
  Result<Run> FindRun(std::string_view name);
  /// The youngest run with this identity.
  Result<std::optional<Run>> FindByIdentity(std::string_view identity);
  /// Runs whose manifest's brief has this hash, oldest first.
  Result<std::vector<Run>> RunsOfBrief(std::string_view brief_sha256);
  /// All runs, oldest first.
  Result<std::vector<Run>> Runs();
  Status SetState(std::string_view run, RunState state);
  Status SetResult(std::string_view run, const Json& result);

  /// Takes the run for this process; released when the lock goes out of scope.
  Result<RunLock> Lock(const std::string& run);
  /// The process that works on the run now. A run in state kRunning without one was cut off.
  std::optional<RunLock::Holder> WorkedOnBy(const std::string& run);

  // --- Requests and replies

  /// The replies of a run, for an llm::Client; must not outlive the ledger. A fork finds what its
  /// ancestors have answered and copies it into its own rows, at no cost in `Total`.
  ///
  /// Plan    one transaction; known requests are left alone.
  /// Commit  one transaction. The first reply to a request stands; tries are numbered on over all
  ///         sessions whatever Attempt::number says; a reply beside an error counts as usage only.
  ///         kInvalidArgument for a request that was not planned, text that is not UTF-8 and
  ///         numbers that are not finite: they could not be read back as they were.
  Result<std::unique_ptr<core::ReplyLog>> Replies(const std::string& run);

  /// Calls `each` for every request of the run that passes the filter, in the order of planning.
  Status Requests(std::string_view run, const RequestFilter& filter,
                  const std::function<Status(const RequestRecord&)>& each);
  Result<Counts> Count(std::string_view run);

  // --- Projections

  /// Puts `projections` in the place of all that is there, in one transaction.
  Status ReplaceProjections(std::string_view run, const Projections& projections);
  Status ClearProjections(std::string_view run);
  /// Add to what is there, in one transaction each. Errors: kInvalidArgument for a draft id that is
  /// there already.
  Status AppendDrafts(std::string_view run, std::span<const core::Draft> drafts);
  Status AppendVerdicts(std::string_view run, std::span<const core::Verdict> verdicts);
  Status AppendEvents(std::string_view run, std::span<const Json> events);

  Result<std::vector<core::Draft>> Drafts(std::string_view run);      ///< in the order added
  Result<std::vector<core::Verdict>> Verdicts(std::string_view run);  ///< in logged order
  Result<std::vector<Rating>> Ratings(std::string_view run);
  /// Events with seq > after.
  Result<std::vector<Event>> Events(std::string_view run, std::int64_t after = 0);

  // --- The file

  /// Integrity of the file, rows without their owner, states that contradict the rows, counts.
  /// Cost: reads the whole file.
  Result<Health> Check();
  const std::filesystem::path& path() const { return database_->path(); }

 private:
  Ledger(std::unique_ptr<Database> database, const OpenOptions& options);
  Result<std::vector<Run>> SelectRuns(std::string_view where, Values values);
  Status InsertDrafts(std::string_view run, std::span<const core::Draft> drafts);
  Status InsertVerdicts(std::string_view run, std::span<const core::Verdict> verdicts);
  Status InsertRatings(std::string_view run, std::span<const Rating> ratings);
  Status InsertEvents(std::string_view run, std::span<const Json> events);
  Status DeleteProjections(std::string_view run);

  std::unique_ptr<Database> database_;
  std::string worker_;
  const Clock* clock_;
};

}  // namespace redraft::store
