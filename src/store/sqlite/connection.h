// Connection: one SQLite connection with its prepared statements. The only wrapper of the C interface.
//
// Owns:   the connection and the statements; a Prepared* is valid until the next trim() or the end.
// Thread: one at a time.
// Errors: kStore with SQLite's message; kConfig when the file cannot be opened or is no database.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/rows.h"
#include "store/statement_cache.h"
#include "store/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace carillon::store::sqlite {

// A file as SQLite names it, and the VFS that holds it.
struct Place {
  std::string path;
  std::string vfs;  // "" is the system's
};

class Prepared {
 public:
  Prepared(sqlite3_stmt* statement, int parameters) : statement_(statement), parameters_(parameters) {}
  Prepared(Prepared&& o) noexcept : statement_(std::exchange(o.statement_, nullptr)), parameters_(o.parameters_) {}
  Prepared& operator=(Prepared&&) = delete;
  ~Prepared();

  sqlite3_stmt* handle() const { return statement_; }
  int parameters() const { return parameters_; }

 private:
  sqlite3_stmt* statement_;
  int parameters_;
};

// Opens for writing, or for reading only.
enum class Access { kCreate, kWrite, kRead };

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Place& place, Access access);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One or more statements without parameters or rows, prepared anew.
  Result<void> exec(const char* sql);
  // One row of one text or number as text, "" when there is none: for PRAGMAs.
  Result<std::string> ask(const char* sql);

  Result<Prepared*> prepare(const Sql& sql);
  // The bytes of `params` must live until reset(). Their number must be the statement's.
  Result<void> bind(Prepared& prepared, const Params& params);
  static void reset(Prepared& prepared);
  void trim();

  // SQLite's extended result code as our error; `doing` begins the message.
  Error error(const char* doing) const;
  // True when the last failure was of the statement or its data, and not of the disk, memory or locks.
  bool is_statements_fault(int extended_code) const;
  // That failure as an answer to one change.
  Error rejection(int extended_code);

  bool in_transaction() const;
  std::int64_t changed_rows() const;
  // Queries on this connection stop with SQLITE_INTERRUPT after this instant; max() is never.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }
  bool past_deadline() const { return std::chrono::steady_clock::now() >= deadline_; }
  sqlite3* handle() const { return db_; }

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  std::string unique_name(std::string_view message);
  static int on_progress(void* self);

  sqlite3* db_;
  StatementCache<Prepared> cache_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

// Reads a cell of the row a statement stands on; the bytes live until it moves.
Cell cell_at(sqlite3_stmt* statement, int column);

}  // namespace carillon::store::sqlite
