#include "redraft/store/ledger.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <random>

#include "redraft/base/hash.h"
#include "redraft/store/migrations.h"
#include "redraft/store/rows.h"

namespace redraft::store {
namespace {

constexpr std::array kRunStates = {"running", "finished", "budget", "interrupted", "failed"};
constexpr std::size_t kRunIdDigits = 12;
constexpr std::size_t kCandidatesShown = 8;

Result<RunState> ParseRunState(std::string_view name) {
  for (std::size_t i = 0; i < kRunStates.size(); ++i) {
    if (name == kRunStates[i]) return static_cast<RunState>(i);
  }
  return Fail(ErrorCode::kConfig, fmt::format("unknown run state '{}'", name));
}

Result<Run> ReadRun(const Row& row) {
  Run run;
  run.id = row.Text(0);
  run.created_ms = row.Int(1);
  run.identity = row.Text(2);
  run.name = row.Text(3);
  REDRAFT_ASSIGN(run.manifest, StoredJson(row.Text(4)));
  REDRAFT_ASSIGN(run.state, ParseRunState(row.Text(5)));
  if (!row.IsNull(6)) run.parent = row.Text(6);
  if (!row.IsNull(7)) {
    REDRAFT_ASSIGN(run.result, StoredJson(row.Text(7)));
  }
  return run;
}

std::string BriefHash(const Json& manifest) {
  if (!manifest.is_object()) return "";
  const auto brief = manifest.find("brief");
  if (brief == manifest.end() || !brief->is_object()) return "";
  const auto hash = brief->find("sha256");
  return hash == brief->end() || !hash->is_string() ? "" : hash->get<std::string>();
}

}  // namespace

const char* ToString(RunState state) { return kRunStates[static_cast<std::size_t>(state)]; }

Ledger::Ledger(std::unique_ptr<Database> database, const OpenOptions& options)
    : database_(std::move(database)),
      worker_(options.worker.empty() ? fmt::format("process {}", ::getpid()) : options.worker),
      clock_(options.clock) {}

Result<Ledger> Ledger::Open(const std::filesystem::path& path, const OpenOptions& options) {
  REDRAFT_ASSIGN(auto database, Database::Open(path, {.create = options.create,
                                                      .read_only = options.read_only,
                                                      .patience = options.patience}));
  REDRAFT_RETURN_IF_ERROR(Migrate(*database, BuiltInMigrations(), *options.clock));
  return Ledger(std::move(database), options);
}

Result<std::string> Ledger::CreateRun(const NewRun& run) {
  const std::int64_t created = clock_->UnixMillis();
  std::random_device entropy;
  const std::string id =
      Sha256Hex(fmt::format("{} {} {} {}", run.identity, created, entropy(), entropy()))
          .substr(0, kRunIdDigits);
  const std::string manifest = DumpJson(run.manifest);
  const std::string brief = BriefHash(run.manifest);
  const Status created_run = database_->Transaction([&]() -> Status {
    if (!run.parent.empty()) {
      REDRAFT_ASSIGN(const std::int64_t parents,
                     database_->Number("SELECT count(*) FROM runs WHERE id = ?", {run.parent}));
      if (parents == 0) {
        return Fail(ErrorCode::kNotFound, fmt::format("there is no run {} to fork from in {}",
                                                      run.parent, path().string()));
      }
    }
    REDRAFT_RETURN_IF_ERROR(database_->Execute(
        "INSERT INTO runs (id, ordinal, created_ms, identity, name, brief_sha256, manifest, state, "
        "parent) SELECT ?, coalesce(max(ordinal), 0) + 1, ?, ?, ?, ?, ?, 'running', ? FROM runs",
        {id, created, run.identity, run.name, brief, manifest,
         run.parent.empty() ? Value() : Value(run.parent)}));
    return Ok{};
  });
  if (!created_run) return Fail(created_run.error());
  return id;
}

Result<std::vector<Run>> Ledger::SelectRuns(std::string_view where, Values values) {
  std::vector<Run> runs;
  const std::string sql = fmt::format(
      "SELECT id, created_ms, identity, name, manifest, state, parent, result FROM runs "
      "WHERE {} ORDER BY ordinal",
      where);
  REDRAFT_RETURN_IF_ERROR(database_->Query(sql, values, [&](const Row& row) -> Status {
    REDRAFT_ASSIGN(Run run, ReadRun(row));
    runs.push_back(std::move(run));
    return Ok{};
  }));
  return runs;
}

Result<Run> Ledger::FindRun(std::string_view name) {
  const bool latest = name == "latest";
  REDRAFT_ASSIGN(auto runs,
                 latest ? SelectRuns("ordinal = (SELECT max(ordinal) FROM runs)", {})
                        : SelectRuns("substr(id, 1, length(?1)) = ?1 AND ?1 <> ''", {name}));
  if (runs.size() == 1) return std::move(runs.front());
  if (runs.empty()) {
    return Fail(ErrorCode::kNotFound,
                latest ? fmt::format("ledger {} has no runs yet; `redraft evolve` makes one",
                                     path().string())
                       : fmt::format("there is no run '{}' in ledger {}; `redraft runs` lists them",
                                     name, path().string()));
  }
  std::string candidates;
  for (std::size_t i = 0; i < std::min(runs.size(), kCandidatesShown); ++i) {
    candidates += (i == 0 ? "" : ", ") + runs[i].id;
  }
  if (runs.size() > kCandidatesShown) {
    candidates += fmt::format(" and {} more", runs.size() - kCandidatesShown);
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' could be any of {} runs: {}; give more digits", name, runs.size(),
                          candidates));
}

Result<std::optional<Run>> Ledger::FindByIdentity(std::string_view identity) {
  REDRAFT_ASSIGN(auto runs, SelectRuns("identity = ?", {identity}));
  return runs.empty() ? std::optional<Run>() : std::optional<Run>(std::move(runs.back()));
}

Result<std::vector<Run>> Ledger::RunsOfBrief(std::string_view brief_sha256) {
  return SelectRuns("brief_sha256 = ? AND brief_sha256 <> ''", {brief_sha256});
}

Result<std::vector<Run>> Ledger::Runs() { return SelectRuns("1 = 1", {}); }

Status Ledger::SetState(std::string_view run, RunState state) {
  REDRAFT_ASSIGN(const std::int64_t changed,
                 database_->Execute("UPDATE runs SET state = ? WHERE id = ?",
                                    {std::string_view(ToString(state)), run}));
  return changed == 1 ? Status(Ok{}) : Status(NoSuchRun(*database_, run));
}

Status Ledger::SetResult(std::string_view run, const Json& result) {
  const std::string text = DumpJson(result);
  REDRAFT_ASSIGN(const std::int64_t changed,
                 database_->Execute("UPDATE runs SET result = ? WHERE id = ?", {text, run}));
  return changed == 1 ? Status(Ok{}) : Status(NoSuchRun(*database_, run));
}

Result<RunLock> Ledger::Lock(const std::string& run) {
  REDRAFT_RETURN_IF_ERROR(RequireRun(*database_, run));
  return RunLock::Acquire(path(), run, *clock_);
}

std::optional<RunLock::Holder> Ledger::WorkedOnBy(const std::string& run) {
  return RunLock::FindHolder(path(), run);
}

}  // namespace redraft::store
