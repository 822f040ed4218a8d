#include "store/sqlite/schema.h"

#include <sqlite3.h>

namespace carillon::store::sqlite {
namespace {

constexpr const char* kCreate =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
    "checksum INTEGER NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID";
constexpr Sql kRecord =
    "INSERT INTO schema_migrations(version, name, checksum, applied_at) "
    "VALUES (?1, ?2, ?3, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)";
constexpr Sql kExists = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'";
constexpr Sql kApplied = "SELECT version, name, checksum FROM schema_migrations ORDER BY version";

template <class F>
Result<void> for_each_row(Connection& connection, const Sql& sql, F&& visit) {
  Result<Prepared*> prepared = connection.prepare(sql);
  if (!prepared) return std::move(prepared).error();
  sqlite3_stmt* handle = (*prepared)->handle();
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(handle)) == SQLITE_ROW) visit(handle);
  Result<void> done;
  if (code != SQLITE_DONE) done = connection.error("cannot read the schema's version");
  Connection::reset(**prepared);
  return done;
}

Result<void> record(Connection& connection, const Migration& step) {
  Result<Prepared*> prepared = connection.prepare(kRecord);
  if (!prepared) return std::move(prepared).error();
  const Params params = Params::of(step.version, step.name, step.checksum(Dialect::kSqlite));
  Result<void> done = connection.bind(**prepared, params);
  if (done && sqlite3_step((*prepared)->handle()) != SQLITE_DONE) done = connection.error("cannot record a step");
  Connection::reset(**prepared);
  return done;
}

Result<void> apply(Connection& connection, const Migration& step) {
  Result<RenderedSql> script = render(Dialect::kSqlite, step.sqlite);
  if (!script) return std::move(script).error();
  Result<void> done = connection.exec(script->text.c_str());
  if (done) done = record(connection, step);
  return done;
}

// What is missing is asked again inside the transaction: another process may have been quicker.
Result<bool> apply_next(Connection& connection, std::span<const Migration> steps) {
  Result<void> begun = connection.exec("BEGIN IMMEDIATE");
  if (!begun) return std::move(begun).error();
  Result<std::vector<AppliedStep>> applied = applied_steps(connection);
  Result<void> done = applied ? connection.exec(kCreate) : Result<void>(applied.error());
  bool more = false;
  if (done) {
    Result<std::span<const Migration>> missing = missing_steps(*applied, steps, Dialect::kSqlite);
    if (!missing) {
      done = std::move(missing).error();
    } else if (!missing->empty()) {
      more = true;
      done = apply(connection, missing->front());
      if (!done) {
        Error error = std::move(done).error();
        done = Error(error.code, "migration " + std::string(missing->front().name) + " failed: " + error.message);
      }
    }
  }
  if (done) done = connection.exec("COMMIT");
  if (done) return more;
  Result<void> rolled_back = connection.exec("ROLLBACK");
  (void)rolled_back;  // the first error is the one to tell
  return std::move(done).error();
}

}  // namespace

Result<std::vector<AppliedStep>> applied_steps(Connection& connection) {
  std::vector<AppliedStep> applied;
  std::int64_t tables = 0;
  Result<void> done = for_each_row(connection, kExists, [&](sqlite3_stmt* row) { tables = cell_at(row, 0).integer; });
  if (!done) return std::move(done).error();
  if (tables == 0) return applied;
  done = for_each_row(connection, kApplied, [&](sqlite3_stmt* row) {
    applied.push_back(
        {static_cast<int>(cell_at(row, 0).integer), std::string(cell_at(row, 1).bytes), cell_at(row, 2).integer});
  });
  if (!done) return std::move(done).error();
  return applied;
}

Result<MigrationReport> migrate(Connection& connection, std::span<const Migration> steps) {
  Result<std::vector<AppliedStep>> applied = applied_steps(connection);
  if (!applied) return std::move(applied).error();
  // Refused before anything is written.
  Result<std::span<const Migration>> missing = missing_steps(*applied, steps, Dialect::kSqlite);
  if (!missing) return std::move(missing).error();
  MigrationReport report;
  report.from = applied->empty() ? 0 : applied->back().version;
  while (true) {
    Result<bool> more = apply_next(connection, steps);
    if (!more) return std::move(more).error();
    if (!*more) break;
  }
  report.to = steps.empty() ? report.from : steps.back().version;
  return report;
}

}  // namespace carillon::store::sqlite
