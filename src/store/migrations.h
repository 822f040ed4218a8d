// Migrations: how the schema came to be, one numbered file a step, forward only.
//
// What:   src/store/migrations/NNNN_name.sql, or NNNN_name.sqlite.sql and NNNN_name.postgres.sql where they must
// differ;
//         compiled into the binary in order of their number.
// Why:    a file that was once applied is never edited: its checksum is kept in table schema_migrations, and a database
//         that knows another text, or a step this binary does not have, is refused (kConfig) before anything is
//         touched.
// Thread: any; the list is constant.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "store/dialect.h"
#include "store/sql.h"

namespace carillon::store {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sqlite;
  std::string_view postgres;

  constexpr std::string_view text(Dialect d) const { return d == Dialect::kSqlite ? sqlite : postgres; }
  constexpr std::int64_t checksum(Dialect d) const { return static_cast<std::int64_t>(fnv1a(text(d))); }
};

// Those in this binary, by ascending version.
std::span<const Migration> embedded_migrations();

struct MigrationReport {
  int from = 0;  // version found, 0 for an empty database
  int to = 0;    // version now
};

}  // namespace carillon::store
