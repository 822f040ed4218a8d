#include "store/postgres/schema.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "store/postgres/pg_errors.h"

namespace carillon::store::postgres {
namespace {

constexpr const char* kCreate =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
    "checksum BIGINT NOT NULL, applied_at BIGINT NOT NULL)";
// Any number will do, as long as it is always this one.
constexpr const char* kLock = "SELECT pg_advisory_lock(4832074451235917101)";
constexpr const char* kUnlock = "SELECT pg_advisory_unlock(4832074451235917101)";

std::string record(const Migration& step) {
  return "INSERT INTO schema_migrations(version, name, checksum, applied_at) VALUES (" + std::to_string(step.version) +
         ", " + literal(step.name) + ", " + std::to_string(step.checksum(Dialect::kPostgres)) +
         ", (extract(epoch FROM now()) * 1000000)::bigint)";
}

Result<void> apply(Connection& connection, const Migration& step) {
  Result<RenderedSql> script = render(Dialect::kPostgres, step.postgres);
  if (!script) return std::move(script).error();
  Result<void> done = connection.exec(script->text);
  if (done) done = connection.exec(record(step));
  if (done) return done;
  return Error(done.error().code, "migration " + std::string(step.name) + " failed: " + done.error().message);
}

Result<MigrationReport> migrate_locked(Connection& connection, std::span<const Migration> steps) {
  Result<std::vector<AppliedStep>> applied = applied_steps(connection);
  if (!applied) return std::move(applied).error();
  // Refused before anything is written.
  Result<std::span<const Migration>> missing = missing_steps(*applied, steps, Dialect::kPostgres);
  if (!missing) return std::move(missing).error();
  MigrationReport report;
  report.from = report.to = applied->empty() ? 0 : applied->back().version;
  for (const Migration& step : *missing) {
    Result<void> done = connection.exec("BEGIN");
    if (done) done = apply_steps(connection, {&step, 1});
    if (done) done = connection.exec("COMMIT");
    if (!done) {
      Result<void> rolled_back = connection.exec("ROLLBACK");
      (void)rolled_back;  // the first error is the one to tell
      return std::move(done).error();
    }
    report.to = step.version;
  }
  return report;
}

}  // namespace

std::string literal(std::string_view text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

Result<std::vector<std::vector<std::string>>> ask_rows(Connection& connection, const std::string& sql) {
  if (PQsendQuery(connection.handle(), sql.c_str()) == 0) return connection.lost("asking");
  std::vector<std::vector<std::string>> rows;
  std::optional<Error> fault;
  while (true) {
    Result<PgResult> result = connection.next_result(kNoDeadline);
    if (!result) return std::move(result).error();
    if (!*result) break;
    if (PQresultStatus(result->get()) == PGRES_FATAL_ERROR) fault = error_of(result->get(), "the database refused");
    for (int r = 0; r < PQntuples(result->get()); ++r) {
      std::vector<std::string>& row = rows.emplace_back();
      for (int c = 0; c < PQnfields(result->get()); ++c) row.emplace_back(PQgetvalue(result->get(), r, c));
    }
  }
  if (fault) return *fault;
  return rows;
}

Result<std::vector<AppliedStep>> applied_steps(Connection& connection) {
  std::vector<AppliedStep> applied;
  Result<std::string> there =
      connection.ask("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migrations'");
  if (!there) return std::move(there).error();
  if (there->empty()) return applied;
  auto rows = ask_rows(connection, "SELECT version, name, checksum FROM schema_migrations ORDER BY version");
  if (!rows) return std::move(rows).error();
  for (const auto& row : *rows) {
    applied.push_back({std::atoi(row[0].c_str()), row[1], std::strtoll(row[2].c_str(), nullptr, 10)});
  }
  return applied;
}

Result<void> apply_steps(Connection& connection, std::span<const Migration> steps) {
  Result<void> done = connection.exec(kCreate);
  for (const Migration& step : steps) {
    if (done) done = apply(connection, step);
  }
  return done;
}

Result<MigrationReport> migrate(Connection& connection, std::span<const Migration> steps) {
  Result<void> locked = connection.exec(kLock);
  if (!locked) return std::move(locked).error();
  Result<MigrationReport> report = migrate_locked(connection, steps);
  Result<void> unlocked = connection.exec(kUnlock);
  (void)unlocked;  // ends with the connection at the latest
  return report;
}

Result<std::vector<Table>> tables_in_order(Connection& connection) {
  auto columns = ask_rows(
      connection,
      "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
      "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_migrations' "
      "AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname COLLATE \"C\", a.attnum");
  if (!columns) return std::move(columns).error();
  auto references = ask_rows(connection,
                             "SELECT c.relname, f.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
                             "JOIN pg_class f ON f.oid = k.confrelid WHERE k.contype = 'f' AND c.oid <> f.oid "
                             "AND c.relnamespace = current_schema()::regnamespace");
  if (!references) return std::move(references).error();
  std::map<std::string, Table> waiting;
  for (auto& row : *columns) {
    Table& table = waiting[row[0]];
    table.name = row[0];
    table.columns.push_back(row[1]);
  }
  std::map<std::string, std::set<std::string>> needs;
  for (auto& row : *references) needs[row[0]].insert(row[1]);
  std::vector<Table> ordered;
  while (!waiting.empty()) {
    const auto ready = std::ranges::find_if(waiting, [&](const auto& item) {
      return std::ranges::none_of(needs[item.first], [&](const std::string& other) { return waiting.contains(other); });
    });
    if (ready == waiting.end())
      return Error(ErrorCode::kStore, "tables refer to one another in a circle; they cannot be copied");
    ordered.push_back(std::move(ready->second));
    waiting.erase(ready);
  }
  return ordered;
}

}  // namespace carillon::store::postgres
