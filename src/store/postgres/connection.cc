#include "store/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "store/postgres/pg_errors.h"
#include "store/store.h"

namespace carillon::store::postgres {
namespace {

constexpr int kOldestServer = 130000;  // pg_current_xact_id()
constexpr Duration kCancelLimit = Duration::seconds(5);

std::string trimmed(const char* message) {
  std::string text = message ? message : "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace

Deadline after(Duration limit) { return std::chrono::steady_clock::now() + std::chrono::microseconds(limit.us); }

void ClearResult::operator()(pg_result* result) const { PQclear(result); }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& url, Duration limit,
                                                     const std::string& settings) {
  // What stands before dbname are defaults, which the address may change.
  const std::string seconds = std::to_string(std::max<std::int64_t>(2, limit.us / 1'000'000));
  const char* keys[] = {"connect_timeout",  "application_name", "keepalives_idle",
                        "tcp_user_timeout", "dbname",           nullptr};
  const char* values[] = {seconds.c_str(), "carillon", "30", "30000", url.c_str(), nullptr};
  std::unique_ptr<Connection> connection(new Connection(PQconnectdbParams(keys, values, 1)));
  PGconn* conn = connection->conn_;
  if (!conn || PQstatus(conn) != CONNECTION_OK) {
    return Error(ErrorCode::kStore, "cannot connect to " + shown_url(url) + ": " +
                                        (conn ? trimmed(PQerrorMessage(conn)) : "out of memory"));
  }
  Result<void> checked = connection->check_server();
  if (!checked) return std::move(checked).error();
  PQsetnonblocking(conn, 1);
  Result<void> set = connection->exec(
      "SET client_encoding = 'UTF8'; SET client_min_messages = warning; "
      "SET standard_conforming_strings = on; SET jit = off; " +
          settings,
      after(limit));
  if (!set) return std::move(set).error();
  return connection;
}

Connection::~Connection() {
  if (conn_) PQfinish(conn_);
}

Result<void> Connection::check_server() {
  if (PQserverVersion(conn_) < kOldestServer) {
    return Error(ErrorCode::kConfig, "the PostgreSQL server is of version " + std::to_string(PQserverVersion(conn_)) +
                                         "; 13 or newer is needed");
  }
  const char* encoding = PQparameterStatus(conn_, "server_encoding");
  if (!encoding || std::strcmp(encoding, "UTF8") != 0) {
    return Error(ErrorCode::kConfig, std::string("the database has the encoding ") + (encoding ? encoding : "unknown") +
                                         "; create it with ENCODING 'UTF8'");
  }
  // Notices would go to stderr.
  PQsetNoticeProcessor(
      conn_, [](void*, const char*) {}, nullptr);
  return {};
}

bool Connection::broken() const { return given_up_ || PQstatus(conn_) != CONNECTION_OK; }

Error Connection::lost(const char* doing) const {
  return Error(ErrorCode::kStore, std::string(doing) + ": the connection to the database is lost (" +
                                      trimmed(PQerrorMessage(conn_)) + "); it is made anew at the next attempt");
}

Result<void> Connection::wait(bool write, Deadline deadline) {
  pollfd one{PQsocket(conn_), static_cast<short>(POLLIN | (write ? POLLOUT : 0)), 0};
  if (one.fd < 0) return lost("waiting");
  int ms = -1;
  if (deadline != kNoDeadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30));
  }
  const int ready = ::poll(&one, 1, ms);
  if (ready < 0 && errno == EINTR) return {};
  if (ready < 0) return lost("waiting");
  if (ready == 0) return Error(ErrorCode::kStore, "the database did not answer in time");
  if ((one.revents & (POLLIN | POLLERR | POLLHUP)) && PQconsumeInput(conn_) == 0) return lost("reading");
  return {};
}

Result<void> Connection::flush(Deadline deadline) {
  while (true) {
    const int left = PQflush(conn_);
    if (left == 0) return {};
    if (left < 0) return lost("sending");
    Result<void> waited = wait(true, deadline);
    if (!waited) return waited;
  }
}

Result<PgResult> Connection::next_result(Deadline deadline) {
  Result<void> sent = flush(deadline);
  if (!sent) return std::move(sent).error();
  while (PQisBusy(conn_)) {
    Result<void> waited = wait(false, deadline);
    if (!waited) return std::move(waited).error();
  }
  return PgResult(PQgetResult(conn_));
}

Result<void> Connection::exec(const std::string& sql, Deadline deadline) {
  Result<std::string> asked = ask(sql, deadline);
  if (!asked) return std::move(asked).error();
  return {};
}

Result<std::string> Connection::ask(const std::string& sql, Deadline deadline) {
  if (PQsendQuery(conn_, sql.c_str()) == 0) return lost("asking");
  std::string answer;
  std::optional<Error> fault;
  while (true) {
    Result<PgResult> result = next_result(deadline);
    if (!result) {
      given_up_ = true;  // a late answer would be taken for the next one's
      return std::move(result).error();
    }
    if (!*result) break;
    const ExecStatusType status = PQresultStatus(result->get());
    const bool cell = status == PGRES_TUPLES_OK && PQntuples(result->get()) > 0 && PQnfields(result->get()) > 0;
    if (cell) answer = PQgetvalue(result->get(), 0, 0);
    if (status == PGRES_FATAL_ERROR && !fault) fault = error_of(result->get(), "the database refused");
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;  // the caller goes on with the copy
  }
  if (fault) return *fault;
  return answer;
}

void Connection::cancel() {
  if (broken()) return;
  char ignored[256];
  PGcancel* cancel = PQgetCancel(conn_);
  if (cancel) PQcancel(cancel, ignored, sizeof ignored);
  PQfreeCancel(cancel);
  const Deadline deadline = after(kCancelLimit);
  while (true) {
    Result<PgResult> result = next_result(deadline);
    if (!result) given_up_ = true;
    if (!result || !*result) return;
  }
}

}  // namespace carillon::store::postgres
