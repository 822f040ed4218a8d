#include "store/postgres/archive.h"

#include <libpq-fe.h>

#include "store/postgres/archive_format.h"
#include "store/postgres/pg_errors.h"
#include "store/postgres/schema.h"

namespace carillon::store::postgres {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string column_list(const Table& table) {
  std::string out;
  for (const std::string& column : table.columns) out += (out.empty() ? "" : ", ") + quoted(column);
  return quoted(table.name) + " (" + out + ")";
}

// The rest of a command's answers; its error when there is one.
Result<void> drain(Connection& connection) {
  std::optional<Error> fault;
  while (true) {
    Result<PgResult> result = connection.next_result(kNoDeadline);
    if (!result) return std::move(result).error();
    if (!*result) break;
    if (PQresultStatus(result->get()) == PGRES_FATAL_ERROR) fault = error_of(result->get(), "the copy failed");
  }
  if (fault) return *fault;
  return {};
}

Result<void> begin_copy(Connection& connection, const std::string& sql, int wanted) {
  if (PQsendQuery(connection.handle(), sql.c_str()) == 0) return connection.lost("asking");
  Result<PgResult> result = connection.next_result(kNoDeadline);
  if (!result) return std::move(result).error();
  if (PQresultStatus(result->get()) == wanted) return {};
  const Error fault = error_of(result->get(), "the copy could not begin");
  Result<void> drained = drain(connection);
  (void)drained;  // the first error is the one to tell
  return fault;
}

Result<void> copy_rows_out(Connection& connection, const Table& table, ArchiveWriter& archive) {
  Result<void> begun = begin_copy(connection, "COPY " + column_list(table) + " TO STDOUT", PGRES_COPY_OUT);
  if (!begun) return begun;
  while (true) {
    char* row = nullptr;
    const int size = PQgetCopyData(connection.handle(), &row, 0);  // waits for the server
    if (size == -1) break;
    if (size < 0) return connection.lost("copying");
    Result<void> written = archive.rows({row, static_cast<std::size_t>(size)});
    PQfreemem(row);
    if (written) continue;
    connection.cancel();
    return written;
  }
  return drain(connection);
}

Result<void> write_archive(Connection& connection, ArchiveWriter& archive) {
  Result<std::vector<AppliedStep>> steps = applied_steps(connection);
  if (!steps) return std::move(steps).error();
  Result<std::vector<Table>> tables = tables_in_order(connection);
  if (!tables) return std::move(tables).error();
  Result<void> done = archive.head(*steps);
  for (const Table& table : *tables) {
    if (done) done = archive.table(table);
    if (done) done = copy_rows_out(connection, table, archive);
  }
  if (done) done = archive.end();
  return done;
}

Result<void> put_copy_data(Connection& connection, const std::string& bytes) {
  while (true) {
    const int code = PQputCopyData(connection.handle(), bytes.data(), static_cast<int>(bytes.size()));
    if (code < 0) return connection.lost("copying");
    Result<void> flushed = connection.flush(kNoDeadline);
    if (!flushed || code == 1) return flushed;
  }
}

Result<void> end_copy(Connection& connection) {
  if (PQputCopyEnd(connection.handle(), nullptr) < 0) return connection.lost("copying");
  return drain(connection);
}

Result<void> copy_rows_in(Connection& connection, ArchiveReader& archive) {
  bool copying = false;
  while (true) {
    Result<ArchiveReader::Piece> piece = archive.next();
    if (!piece) return std::move(piece).error();
    Result<void> done;
    if (*piece != ArchiveReader::Piece::kData && copying) done = end_copy(connection), copying = false;
    if (!done || *piece == ArchiveReader::Piece::kEnd) return done;
    if (*piece == ArchiveReader::Piece::kTable) {
      // Some steps fill tables; the archive has what became of those rows.
      done = connection.exec("DELETE FROM " + quoted(archive.table().name));
      if (done) done = begin_copy(connection, "COPY " + column_list(archive.table()) + " FROM STDIN", PGRES_COPY_IN);
      copying = done.ok();
    } else {
      done = put_copy_data(connection, archive.data());
    }
    if (!done) return done;
  }
}

Result<void> check_empty(Connection& connection) {
  Result<std::string> count = connection.ask("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()");
  if (!count) return std::move(count).error();
  if (*count == "0") return {};
  return Error(ErrorCode::kConfig, "the database has " + *count + " tables already; restore into an empty one");
}

}  // namespace

Result<void> copy_to_file(Connection& connection, const std::string& path) {
  Result<NewFile> file = NewFile::begin(path);
  if (!file) return std::move(file).error();
  Result<void> done = connection.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  ArchiveWriter archive(*file);
  if (done) done = write_archive(connection, archive);
  if (done) done = connection.exec("COMMIT");
  if (done) done = file->finish();
  return done;
}

Result<void> copy_from_file(Connection& connection, const std::string& path, std::span<const Migration> steps) {
  Result<ArchiveReader> archive = ArchiveReader::open(path);
  if (!archive) return std::move(archive).error();
  Result<std::span<const Migration>> missing = missing_steps(archive->steps(), steps, Dialect::kPostgres);
  if (!missing) return std::move(missing).error();
  Result<void> done = connection.exec("BEGIN");
  if (done) done = check_empty(connection);
  if (done) done = apply_steps(connection, steps.first(archive->steps().size()));
  if (done) done = copy_rows_in(connection, *archive);
  if (done) done = connection.exec("COMMIT");
  return done;  // on an error the caller drops the connection, and with it the transaction
}

}  // namespace carillon::store::postgres
