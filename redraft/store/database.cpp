#include "redraft/store/database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>

namespace redraft::store {
namespace fs = std::filesystem;
namespace {

/// Files up to this size are checked whole when they are opened: it takes milliseconds.
constexpr std::uintmax_t kCheckedOnOpenBytes = 64U << 20;

void Bind(SQLite::Statement& statement, Values values) {
  int index = 0;
  for (const Value& value : values) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(index, *number);
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.bind(index, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      statement.bind(index, std::string(*text));
    } else {
      statement.bind(index);
    }
  }
}

using StatementSlot = std::unique_ptr<SQLite::Statement>;

/// A statement on loan from the cache: reset and put back at the end, so that no read stays open.
/// While it is out, the same SQL gets a statement of its own (a query inside a query's callback).
class Borrowed {
 public:
  Borrowed(SQLite::Database& connection, const std::string& sql, StatementSlot& home)
      : home_(home), statement_(std::move(home)) {
    if (!statement_) statement_ = std::make_unique<SQLite::Statement>(connection, sql);
  }
  ~Borrowed() {
    statement_->tryReset();
    if (!home_) home_ = std::move(statement_);
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  SQLite::Statement& operator*() { return *statement_; }

 private:
  StatementSlot& home_;
  StatementSlot statement_;
};

/// Finds by string_view in a map of strings.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

/// Why the system would refuse to write here; empty when it would not.
std::string WriteObstacle(const fs::path& path) {
  std::error_code ignored;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::exists(folder, ignored)) return "the folder " + folder.string() + " does not exist";
  if (fs::exists(path, ignored) && ::access(path.c_str(), R_OK | W_OK) != 0) {
    return std::strerror(errno);
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return fmt::format("its folder {} cannot be written: {}", folder.string(),
                       std::strerror(errno));
  }
  return "";
}

/// "file:…?immutable=1": reads a ledger on a medium where SQLite cannot make its WAL index.
std::string ImmutableUri(const fs::path& path) {
  std::string uri = "file:";
  for (const char c : fs::absolute(path).string()) {
    if (c == '?' || c == '#' || c == '%') {
      uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool HasPendingWal(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path.string() + "-wal", error);
  return !error && size > 0;
}

/// Holds the folder of a file while a process opens the file for writing; others wait here. A lock
/// on the file itself would not do: closing it would drop SQLite's own.
class FolderTurn {
 public:
  explicit FolderTurn(const fs::path& file) {
    if (file.empty()) return;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    descriptor_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
  }
  ~FolderTurn() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderTurn(const FolderTurn&) = delete;
  FolderTurn& operator=(const FolderTurn&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace

struct Database::State {
  SQLite::Database connection;
  // After the connection, so that statements are finalised before it closes.
  std::unordered_map<std::string, StatementSlot, TextHash, std::equal_to<>> by_sql;

  Borrowed Statement(std::string_view sql) {
    auto it = by_sql.find(sql);
    if (it == by_sql.end()) it = by_sql.try_emplace(std::string(sql)).first;
    return Borrowed(connection, it->first, it->second);
  }
};

bool Row::IsNull(int column) const { return statement_->isColumnNull(column); }
std::int64_t Row::Int(int column) const { return statement_->getColumn(column).getInt64(); }
double Row::Real(int column) const { return statement_->getColumn(column).getDouble(); }
std::string Row::Text(int column) const { return statement_->getColumn(column).getString(); }

Database::Database(fs::path path, bool read_only, std::unique_ptr<State> state)
    : path_(std::move(path)), read_only_(read_only), state_(std::move(state)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const fs::path& path, const Options& options) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return Fail(ErrorCode::kConfig,
                fmt::format("{} is a folder; name a ledger file with --db", path.string()));
  }
  const bool exists = fs::exists(path, ignored);
  if (!exists && !options.create) {
    return Fail(ErrorCode::kConfig,
                fmt::format("there is no ledger at {}; `redraft evolve` makes one, --db names "
                            "another",
                            path.string()));
  }
  if (exists && !options.create && fs::file_size(path, ignored) == 0) {
    return Fail(ErrorCode::kConfig,
                fmt::format("{} is empty, not a ledger; name another with --db", path.string()));
  }
  int flags = options.read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
  if (options.create && !options.read_only) flags |= SQLite::OPEN_CREATE;
  std::string name = path.string();
  if (options.read_only && !WriteObstacle(path).empty() && !HasPendingWal(path)) {
    name = ImmutableUri(path);
    flags |= SQLite::OPEN_URI;
  }
  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>(
        State{SQLite::Database(name, flags, static_cast<int>(options.patience.count())), {}});
  } catch (const std::exception& error) {
    const std::string obstacle = WriteObstacle(path);
    return Fail(ErrorCode::kConfig, fmt::format("cannot open ledger {}: {}", path.string(),
                                                obstacle.empty() ? error.what() : obstacle));
  }
  std::unique_ptr<Database> database(new Database(path, options.read_only, std::move(state)));
  REDRAFT_RETURN_IF_ERROR(database->Prepare(options));
  return database;
}

Status Database::Prepare(const Options& options) {
  // SQLite does not wait for another process that switches a new file to WAL: take turns.
  const FolderTurn turn(options.read_only ? fs::path() : path_);
  // Pages hold a prompt without overflow; the cache (8 MiB) holds the indexes of a run.
  REDRAFT_RETURN_IF_ERROR(
      Script("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; "
             "PRAGMA page_size = 8192; PRAGMA cache_size = -8192;"));
  std::error_code ignored;
  if (const auto size = fs::file_size(path_, ignored); size > 0 && size <= kCheckedOnOpenBytes) {
    std::string problem;
    REDRAFT_RETURN_IF_ERROR(Query("PRAGMA quick_check(1)", {}, [&](const Row& row) -> Status {
      problem = row.Text(0);
      return Ok{};
    }));
    if (problem != "ok") {
      return Fail(
          ErrorCode::kConfig,
          fmt::format("ledger {} is corrupt ({}); restore a copy, or name another with --db",
                      path_.string(), problem.substr(0, problem.find('\n'))));
    }
  }
  if (options.read_only) return Ok{};
  std::string mode;
  REDRAFT_RETURN_IF_ERROR(Query("PRAGMA journal_mode", {}, [&](const Row& row) -> Status {
    mode = row.Text(0);
    return Ok{};
  }));
  if (mode != "wal") REDRAFT_RETURN_IF_ERROR(Script("PRAGMA journal_mode = WAL;"));
  // SQLite opens a protected file for reading without a word: find out now, not after paid work.
  return Transaction([this]() -> Status {
    return sqlite3_db_readonly(state_->connection.getHandle(), "main") == 1
               ? Status(Fail(ErrorCode::kConfig, fmt::format("ledger {} cannot be written: {}",
                                                             path_.string(), WriteObstacle(path_))))
               : Status(Ok{});
  });
}

Error Database::Translate(const std::exception& error) const {
  // SQLite keeps the system's reason for most failures, but not for those inside a COMMIT.
  const int last = errno;
  const int kept = sqlite3_system_errno(state_->connection.getHandle());
  const int system = kept != 0 ? kept : last;
  const auto* sqlite = dynamic_cast<const SQLite::Exception*>(&error);
  const std::string name = path_.string();
  const std::string obstacle = WriteObstacle(path_);
  switch (sqlite == nullptr ? SQLITE_ERROR : sqlite->getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kConfig,
              fmt::format("ledger {} is locked by another process; wait until that is done, or "
                          "name another with --db",
                          name)};
    case SQLITE_NOTADB:
      return {ErrorCode::kConfig,
              fmt::format("{} is not a ledger (no SQLite file); name another with --db", name)};
    case SQLITE_CORRUPT:
      return {ErrorCode::kConfig,
              fmt::format("ledger {} is corrupt ({}); restore a copy, or name another with --db",
                          name, error.what())};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {ErrorCode::kConfig, fmt::format("ledger {} cannot be written: {}", name,
                                              obstacle.empty() ? error.what() : obstacle)};
    case SQLITE_FULL:
      return {ErrorCode::kConfig,
              fmt::format("cannot write ledger {}: the disk is full; make room and run again, "
                          "everything committed before is safe",
                          name)};
    case SQLITE_IOERR:
      return {ErrorCode::kConfig,
              fmt::format("cannot read or write ledger {}: {}; everything committed before is safe",
                          name, system != 0 ? std::strerror(system) : error.what())};
    default:
      return {ErrorCode::kFailed, fmt::format("ledger {}: {}", name, error.what())};
  }
}

Result<std::int64_t> Database::Execute(std::string_view sql, Values values) {
  errno = 0;
  try {
    Borrowed statement = state_->Statement(sql);
    Bind(*statement, values);
    return (*statement).exec();
  } catch (const std::exception& error) {
    return Fail(Translate(error));
  }
}

Status Database::Query(std::string_view sql, Values values,
                       const std::function<Status(const Row&)>& each) {
  errno = 0;
  try {
    Borrowed statement = state_->Statement(sql);
    Bind(*statement, values);
    const Row row(*statement);
    while ((*statement).executeStep()) REDRAFT_RETURN_IF_ERROR(each(row));
    return Ok{};
  } catch (const std::exception& error) {
    return Fail(Translate(error));
  }
}

Result<std::int64_t> Database::Number(std::string_view sql, Values values) {
  std::int64_t number = 0;
  REDRAFT_RETURN_IF_ERROR(Query(sql, values, [&](const Row& row) -> Status {
    number = row.Int(0);
    return Ok{};
  }));
  return number;
}

Status Database::Script(const std::string& sql) {
  try {
    state_->connection.exec(sql);
    return Ok{};
  } catch (const std::exception& error) {
    return Fail(Translate(error));
  }
}

Status Database::Transaction(const std::function<Status()>& body) {
  // IMMEDIATE: a transaction that reads first could not be upgraded after another process's write.
  if (auto begun = Execute("BEGIN IMMEDIATE"); !begun) return Fail(std::move(begun).error());
  Status status = body();
  if (status) {
    const auto committed = Execute("COMMIT");
    if (committed) return Ok{};
    status = Fail(committed.error());
  }
  // After a full disk SQLite may have rolled back by itself.
  if (sqlite3_get_autocommit(state_->connection.getHandle()) == 0) {
    REDRAFT_RETURN_IF_ERROR(Execute("ROLLBACK"));
  }
  return status;
}

bool Database::HasTable(std::string_view name) {
  return Number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", {name})
             .value_or(0) > 0;
}

bool Database::HasNoTables() {
  return Number("SELECT count(*) FROM sqlite_master").value_or(1) == 0;
}

Result<std::vector<std::string>> Database::IntegrityProblems() {
  std::vector<std::string> problems;
  REDRAFT_RETURN_IF_ERROR(Query("PRAGMA integrity_check(20)", {}, [&](const Row& row) -> Status {
    if (row.Text(0) != "ok") problems.push_back(row.Text(0));
    return Ok{};
  }));
  std::map<std::string, int> orphans;
  REDRAFT_RETURN_IF_ERROR(Query("PRAGMA foreign_key_check", {}, [&](const Row& row) -> Status {
    ++orphans[fmt::format("{} without their row in {}", row.Text(0), row.Text(2))];
    return Ok{};
  }));
  for (const auto& [what, count] : orphans) problems.push_back(fmt::format("{} {}", count, what));
  return problems;
}

}  // namespace redraft::store
