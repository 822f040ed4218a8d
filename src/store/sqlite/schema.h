// The schema's version in a SQLite database.
//
// Thread: the writer's, while it is idle.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "store/migration_plan.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"

namespace carillon::store::sqlite {

// Empty when nothing was ever applied.
Result<std::vector<AppliedStep>> applied_steps(Connection& connection);
Result<MigrationReport> migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace carillon::store::sqlite
