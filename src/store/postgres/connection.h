// Connection: one PostgreSQL connection that never blocks without end. The only wrapper of libpq's session.
//
// Owns:   the connection.
// Thread: one at a time.
// Errors: kStore with PostgreSQL's message, or that the server did not answer in time (the connection is then broken);
//         kConfig when it cannot be used at all. Messages never show a password, nor values of rows.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

struct pg_conn;
struct pg_result;

namespace carillon::store::postgres {

using Deadline = std::chrono::steady_clock::time_point;
Deadline after(Duration limit);
inline constexpr Deadline kNoDeadline = Deadline::max();

struct ClearResult {
  void operator()(pg_result* result) const;
};
using PgResult = std::unique_ptr<pg_result, ClearResult>;

class Connection {
 public:
  // Connects and runs `settings` (SET statements).
  static Result<std::unique_ptr<Connection>> open(const std::string& url, Duration limit, const std::string& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool broken() const;
  pg_conn* handle() const { return conn_; }

  // Statements without parameters, in one message and so in one transaction unless they say otherwise. Not in pipeline
  // mode. ask() gives the first cell of the last one's answer as text, "" for none.
  Result<void> exec(const std::string& sql, Deadline deadline = kNoDeadline);
  Result<std::string> ask(const std::string& sql, Deadline deadline = kNoDeadline);

  // Sends what is buffered and waits for the next result; null where libpq says so (the end of a command).
  Result<PgResult> next_result(Deadline deadline);
  // Waits until what is buffered is sent.
  Result<void> flush(Deadline deadline);
  // Asks the server to stop what it is doing and throws the answers away; broken when that takes too long.
  void cancel();
  Error lost(const char* doing) const;

 private:
  explicit Connection(pg_conn* conn) : conn_(conn) {}
  Result<void> check_server();
  // Polls for reading, and for writing when `write`.
  Result<void> wait(bool write, Deadline deadline);

  pg_conn* conn_;
  bool given_up_ = false;
};

}  // namespace carillon::store::postgres
