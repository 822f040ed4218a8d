// Backups of a PostgreSQL database: one snapshot copied table by table into an archive, and back.
//
// Thread: one. The connection is the caller's and not in pipeline mode.
#pragma once

#include <span>
#include <string>

#include "store/migrations.h"
#include "store/postgres/connection.h"

namespace carillon::store::postgres {

// A REPEATABLE READ transaction sees one instant throughout; the writer goes on.
Result<void> copy_to_file(Connection& connection, const std::string& path);
// One transaction: the schema by `steps` up to the archive's, then the rows. kConfig unless the current schema is
// empty.
Result<void> copy_from_file(Connection& connection, const std::string& path, std::span<const Migration> steps);

}  // namespace carillon::store::postgres
