#include "store/postgres/postgres_reader.h"

#include <libpq-fe.h>

#include "store/dialect.h"
#include "store/params_check.h"
#include "store/postgres/pg_errors.h"

namespace carillon::store::postgres {
namespace {

constexpr std::size_t kMostStatements = 200;
constexpr int kBinary = 1;

Error too_large(std::size_t most_bytes) {
  return Error(ErrorCode::kLimit, "a query has more than " + std::to_string(most_bytes) +
                                      " bytes of rows; read it in pages, or with each()");
}

}  // namespace

Result<std::unique_ptr<Reader>> PostgresReader::open(const StoreOptions& options) {
  std::unique_ptr<PostgresReader> reader(new PostgresReader(options));
  Result<void> connected = reader->connect();
  if (!connected) return std::move(connected).error();
  return std::unique_ptr<Reader>(std::move(reader));
}

Result<void> PostgresReader::connect() {
  Result<std::unique_ptr<Connection>> made =
      Connection::open(options_.url, options_.connect_limit, "SET default_transaction_read_only = on");
  if (!made) return std::move(made).error();
  connection_ = std::move(*made);
  cache_.clear();
  return {};
}

Result<Rows> PostgresReader::query(const Sql& sql, const Params& params) {
  ColumnNames names;
  std::optional<Rows> rows;
  const auto keep = [&](const Row& row) -> Result<void> {
    if (!rows) rows.emplace(names);
    rows->add(&row.cell(0));
    if (rows->bytes_held() > options_.max_result_bytes) return too_large(options_.max_result_bytes);
    return {};
  };
  const Deadline deadline = after(options_.read_time_limit);
  Result<void> done = run(sql, params, deadline, names, keep);
  if (!done && std::chrono::steady_clock::now() >= deadline) {
    return Error(ErrorCode::kStore, "a query took longer than " + std::to_string(options_.read_time_limit.us / 1000) +
                                        " ms and was stopped; ask for less, or add an index");
  }
  if (!done) return std::move(done).error();
  if (!rows) rows.emplace(std::move(names));
  return std::move(*rows);
}

Result<void> PostgresReader::each(const Sql& sql, const Params& params, const RowVisitor& visit) {
  ColumnNames names;
  return run(sql, params, kNoDeadline, names, visit);
}

// A connection that broke while it lay in the pool is made anew, unless something of it was already seen.
Result<void> PostgresReader::run(const Sql& sql, const Params& params, Deadline deadline, ColumnNames& names,
                                 const RowVisitor& visit) {
  Result<void> checked = check_params(params);
  if (!checked) return checked;
  seen_rows_ = false;
  Result<void> done = run_once(sql, params, deadline, names, visit);
  const bool again =
      !done && connection_->broken() && !in_snapshot_ && !seen_rows_ && std::chrono::steady_clock::now() < deadline;
  if (!again) return done;
  Result<void> connected = connect();
  if (!connected) return connected;
  names.clear();
  return run_once(sql, params, deadline, names, visit);
}

Result<void> PostgresReader::run_once(const Sql& sql, const Params& params, Deadline deadline, ColumnNames& names,
                                      const RowVisitor& visit) {
  Result<Prepared*> prepared = prepare(sql, deadline);
  if (!prepared) return std::move(prepared).error();
  if (params.size() != static_cast<std::size_t>((*prepared)->parameters)) {
    return Error(ErrorCode::kStore, "a statement takes " + std::to_string((*prepared)->parameters) + " parameters, " +
                                        std::to_string(params.size()) + " were given");
  }
  arrays_.fill(params);
  PGconn* conn = connection_->handle();
  if (PQsendQueryPrepared(conn, (*prepared)->name.c_str(), arrays_.count(), arrays_.values(), arrays_.lengths(),
                          arrays_.formats(), kBinary) == 0) {
    return connection_->lost("asking");
  }
  PQsetSingleRowMode(conn);
  return read_rows(deadline, names, visit);
}

Result<PostgresReader::Prepared*> PostgresReader::prepare(const Sql& sql, Deadline deadline) {
  if (Prepared* found = cache_.find(sql)) return found;
  Result<void> trimmed = trim();
  if (!trimmed) return std::move(trimmed).error();
  Result<RenderedSql> rendered = render_statement(Dialect::kPostgres, sql);
  if (!rendered) return std::move(rendered).error();
  Prepared made{"r" + std::to_string(++prepared_), rendered->parameters};
  if (PQsendPrepare(connection_->handle(), made.name.c_str(), rendered->text.c_str(), 0, nullptr) == 0) {
    return connection_->lost("preparing");
  }
  ColumnNames none;
  Result<void> done = read_rows(deadline, none, [](const Row&) { return Result<void>(); });
  if (!done) return std::move(done).error();
  return &cache_.add(sql, std::move(made));
}

Result<void> PostgresReader::trim() {
  for (const std::unique_ptr<Prepared>& gone : cache_.trim(kMostStatements)) {
    Result<void> done = connection_->exec("DEALLOCATE " + gone->name);
    if (!done) return done;
  }
  return {};
}

// Reads to the end of the command in every case, or the connection could not be used again.
Result<void> PostgresReader::read_rows(Deadline deadline, ColumnNames& names, const RowVisitor& visit) {
  std::optional<Error> fault;
  while (true) {
    Result<PgResult> result = connection_->next_result(deadline);
    if (!result) {
      if (!fault) fault = std::move(result).error();
      connection_->cancel();  // does nothing when the connection is gone
      return *fault;
    }
    if (!*result) break;
    const ExecStatusType status = PQresultStatus(result->get());
    if (status == PGRES_FATAL_ERROR && !fault) fault = error_of(result->get(), "the database could not answer");
    if (fault) continue;
    if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK) continue;
    Result<void> visited = visit_row(result->get(), names, visit);
    if (visited) continue;
    connection_->cancel();
    return visited;
  }
  if (fault) return *fault;
  return {};
}

// The last result of a query has no row; it tells the columns when there was none before.
Result<void> PostgresReader::visit_row(const pg_result* result, ColumnNames& names, const RowVisitor& visit) {
  const int columns = PQnfields(result);
  if (names.empty()) {
    for (int i = 0; i < columns; ++i) names.emplace_back(PQfname(result, i));
  }
  if (PQntuples(result) == 0) return {};
  seen_rows_ = true;
  cells_.resize(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i) {
    Result<Cell> cell = cell_of(result, 0, i);
    if (!cell) return std::move(cell).error();
    cells_[static_cast<std::size_t>(i)] = *cell;
  }
  return visit(Row(names, cells_.data()));
}

// BEGIN alone takes no snapshot; the first read does.
Result<void> PostgresReader::begin_snapshot() {
  constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
  Result<void> begun = connection_->exec(kBegin, after(options_.read_time_limit));
  if (!begun && connection_->broken()) {
    begun = connect();
    if (begun) begun = connection_->exec(kBegin, after(options_.read_time_limit));
  }
  in_snapshot_ = begun.ok();
  return begun;
}

void PostgresReader::end_snapshot() {
  if (!connection_->broken()) {
    Result<void> ended = connection_->exec("ROLLBACK", after(options_.read_time_limit));
    (void)ended;  // a broken connection ends it too, and the pool drops that
  }
  in_snapshot_ = false;
}

}  // namespace carillon::store::postgres
