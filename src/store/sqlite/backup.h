// Copies of a SQLite database while it is in use (https://www.sqlite.org/backup.html).
//
// What:   one read snapshot is held throughout, so the copy is of one instant and never starts again; the writer goes
// on,
//         but the log cannot be used again from its start until the copy is done.
// Thread: any one.
#pragma once

#include <span>
#include <string>

#include "store/migrations.h"
#include "store/sqlite/connection.h"

namespace carillon::store::sqlite {

Result<void> copy_to_file(const Place& from, const std::string& path);
// kConfig unless `from` is a whole database of a version that `steps` know and nothing is at `to`.
Result<void> copy_from_file(const std::string& from, const std::string& to, std::span<const Migration> steps);

}  // namespace carillon::store::sqlite
