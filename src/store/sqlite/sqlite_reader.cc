#include "store/sqlite/sqlite_reader.h"

#include <sqlite3.h>

#include "store/params_check.h"

namespace carillon::store::sqlite {
namespace {

constexpr Sql kTouch = "SELECT count(*) FROM sqlite_schema";

Error too_large(std::size_t most_bytes) {
  return Error(ErrorCode::kLimit, "a query has more than " + std::to_string(most_bytes) +
                                      " bytes of rows; read it in pages, or with each()");
}

// The statement must not stay half run: it would hold its snapshot.
struct Running {
  Prepared& prepared;
  ~Running() { Connection::reset(prepared); }
};

}  // namespace

Result<std::unique_ptr<Reader>> SqliteReader::open(const Place& place, const StoreOptions& options) {
  Result<std::unique_ptr<Connection>> connection = Connection::open(place, Access::kRead);
  if (!connection) return std::move(connection).error();
  const std::string settings = "PRAGMA query_only = 1; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" +
                               std::to_string(options.sqlite_reader_cache_kib);
  Result<void> done = (*connection)->exec(settings.c_str());
  if (!done) return std::move(done).error();
  return std::unique_ptr<Reader>(
      new SqliteReader(std::move(*connection), options.read_time_limit, options.max_result_bytes));
}

Result<Rows> SqliteReader::query(const Sql& sql, const Params& params) {
  connection_->set_deadline(std::chrono::steady_clock::now() + std::chrono::microseconds(limit_.us));
  ColumnNames names;
  std::optional<Rows> rows;
  const auto keep = [&](const Row& row) -> Result<void> {
    if (!rows) rows.emplace(names);
    rows->add(&row.cell(0));
    if (rows->bytes_held() > most_bytes_) return too_large(most_bytes_);
    return {};
  };
  Result<void> done = run(sql, params, names, keep);
  connection_->set_deadline(std::chrono::steady_clock::time_point::max());
  if (!done) return std::move(done).error();
  if (!rows) rows.emplace(std::move(names));
  return std::move(*rows);
}

Result<void> SqliteReader::each(const Sql& sql, const Params& params, const RowVisitor& visit) {
  ColumnNames names;
  return run(sql, params, names, visit);
}

Result<void> SqliteReader::run(const Sql& sql, const Params& params, ColumnNames& names, const RowVisitor& visit) {
  Result<void> checked = check_params(params);
  if (!checked) return checked;
  connection_->trim();
  Result<Prepared*> prepared = connection_->prepare(sql);
  if (!prepared) return std::move(prepared).error();
  const Running running{**prepared};
  Result<void> bound = connection_->bind(**prepared, params);
  if (!bound) return bound;
  return step_through(**prepared, names, visit);
}

Result<void> SqliteReader::step_through(Prepared& prepared, ColumnNames& names, const RowVisitor& visit) {
  sqlite3_stmt* handle = prepared.handle();
  std::vector<Cell> cells;
  while (true) {
    const int code = sqlite3_step(handle);
    if (names.empty()) {  // known only now: a changed schema prepares the statement again
      const int columns = sqlite3_column_count(handle);
      for (int i = 0; i < columns; ++i) names.emplace_back(sqlite3_column_name(handle, i));
      cells.resize(names.size());
    }
    if (code == SQLITE_DONE) return {};
    if (code == SQLITE_INTERRUPT && connection_->past_deadline()) {
      return Error(ErrorCode::kStore, "a query took longer than " + std::to_string(limit_.us / 1000) +
                                          " ms and was stopped; ask for less, or add an index");
    }
    if (code != SQLITE_ROW) return connection_->error("the database could not answer");
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = cell_at(handle, static_cast<int>(i));
    Result<void> visited = visit(Row(names, cells.data()));
    if (!visited) return visited;
  }
}

// BEGIN alone takes no snapshot; the first read does.
Result<void> SqliteReader::begin_snapshot() {
  Result<void> begun = connection_->exec("BEGIN");
  if (!begun) return begun;
  Result<Rows> touched = query(kTouch, {});
  if (touched) return {};
  end_snapshot();
  return std::move(touched).error();
}

void SqliteReader::end_snapshot() {
  Result<void> ended = connection_->exec("ROLLBACK");
  (void)ended;  // fails only when there is none
}

}  // namespace carillon::store::sqlite
