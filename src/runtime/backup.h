// Backup and restore of a whole data directory: the database and the files, as of one moment.
//
// What:   backup() of a running server: first a consistent copy of the database, then the files, which never change
//         once written; so every file that the copy names is there. restore() fills an empty folder from it.
//         Layout: TARGET/carillon.db (or carillon.archive for PostgreSQL), TARGET/files/..., TARGET/backup.json, which
//         is written last: without it a backup is not whole and is refused.
// Thread: one at a time; blocks for long (pool, or a tool's main thread).
// Errors: kConfig (target not empty, not a backup, not whole), kStore (disk or database).
// Example:
//   auto done = backup(*store, "var/files", "/backup/2026-03-01");
//   auto back = restore("/backup/2026-03-01", {.url = "sqlite:var/carillon.db"}, "var/files");
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace carillon::runtime {

struct BackupReport {
  std::uint64_t database_bytes = 0;
  std::uint64_t files = 0;
  std::uint64_t files_linked = 0;  // of them hard-linked, not copied
  std::uint64_t file_bytes = 0;
};

// `at` goes into backup.json, for people.
Result<BackupReport> backup(store::Store& store, const std::string& files_folder, const std::string& target,
                            Instant at);

Result<BackupReport> restore(const std::string& backup_folder, const store::StoreOptions& target,
                             const std::string& files_folder);

}  // namespace carillon::runtime
