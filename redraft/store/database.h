#pragma once

// The one door to SQLite (through SQLiteCpp): connections, cached statements, transactions, and the
// translation of its errors. Everything above writes SQL that PostgreSQL understands too; what only
// SQLite has (PRAGMA, locking, WAL) stays in database.cpp.
//
// Durability  WAL with synchronous = NORMAL. A committed transaction survives the death of the
//             process at any point. A power cut may lose the last transactions that the system had
//             not written out yet, never their order and never the ledger: those replies are asked
//             for again.
// Busy        a statement that meets another process's write waits up to `patience`, then fails.
// Threads     one connection, one thread at a time; another thread opens its own.
// Errors      kConfig: locked, corrupt, no ledger, unwritable, disk full. kFailed: anything else.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "redraft/base/result.h"

namespace SQLite {
class Statement;
}  // namespace SQLite

namespace redraft::store {

/// One parameter of a statement; monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view>;
using Values = std::initializer_list<Value>;

/// The current row of a query; columns count from 0. Valid inside the callback only.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(&statement) {}
  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;

 private:
  SQLite::Statement* statement_;
};

class Database {
 public:
  struct Options {
    bool create = false;  ///< make the file when it is missing
    bool read_only = false;
    std::chrono::milliseconds patience{5000};
  };

  /// Opens the file and proves that it can be used: that it is a sound SQLite file (fully checked
  /// up to 64 MB; beyond that IntegrityProblems does) and, unless read-only, that it can be
  /// written.
  static Result<std::unique_ptr<Database>> Open(const std::filesystem::path& path,
                                                const Options& options);
  ~Database();

  /// Runs one statement and returns the number of rows it changed.
  Result<std::int64_t> Execute(std::string_view sql, Values values = {});
  /// Calls `each` for every row; an error from it ends the query.
  Status Query(std::string_view sql, Values values, const std::function<Status(const Row&)>& each);
  /// The first column of the only row, a whole number.
  Result<std::int64_t> Number(std::string_view sql, Values values = {});
  /// Runs several statements without parameters.
  Status Script(const std::string& sql);

  /// Runs `body` as one transaction that holds the write lock from the start; rolls everything back
  /// when body or the commit fails. Not nested.
  Status Transaction(const std::function<Status()>& body);

  bool HasTable(std::string_view name);
  bool HasNoTables();
  /// Full integrity and reference check; empty when the file is sound. Cost: reads the whole file.
  Result<std::vector<std::string>> IntegrityProblems();

  const std::filesystem::path& path() const { return path_; }
  bool read_only() const { return read_only_; }

 private:
  struct State;
  Database(std::filesystem::path path, bool read_only, std::unique_ptr<State> state);
  Status Prepare(const Options& options);
  Error Translate(const std::exception& error) const;

  std::filesystem::path path_;
  bool read_only_;
  std::unique_ptr<State> state_;
};

}  // namespace redraft::store
