// The schema's version in a PostgreSQL database, and what is in it.
//
// Thread: one; the connection is the caller's and not in pipeline mode.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/migration_plan.h"
#include "store/migrations.h"
#include "store/postgres/connection.h"

namespace carillon::store::postgres {

// All cells of an answer as text; NULL is "".
Result<std::vector<std::vector<std::string>>> ask_rows(Connection& connection, const std::string& sql);
// Quoted as an SQL literal.
std::string literal(std::string_view text);

Result<std::vector<AppliedStep>> applied_steps(Connection& connection);
// One process at a time: a lock on the database is held meanwhile.
Result<MigrationReport> migrate(Connection& connection, std::span<const Migration> steps);
// Runs the steps within the caller's transaction.
Result<void> apply_steps(Connection& connection, std::span<const Migration> steps);

struct Table {
  std::string name;
  std::vector<std::string> columns;  // without generated ones
};
// Of the current schema but schema_migrations, each after those it refers to. kStore when they refer in a circle.
Result<std::vector<Table>> tables_in_order(Connection& connection);

}  // namespace carillon::store::postgres
