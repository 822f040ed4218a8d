// The few words in which the two databases differ, and how our SQL becomes theirs.
//
// What:   {{word}} in SQL text and migrations is replaced by the driver:
//           {{int}}                 INTEGER                  BIGINT
//           {{real}}                REAL                     DOUBLE PRECISION
//           {{text}}                TEXT COLLATE BINARY      TEXT COLLATE "C"      (columns; in CAST write TEXT)
//           {{blob}}                BLOB                     BYTEA
//           {{collate_c}}           COLLATE BINARY           COLLATE "C"
//           {{table_options}}       STRICT, WITHOUT ROWID    (nothing)             (small rows found by their key)
//           {{table_options_rowid}} STRICT                   (nothing)             (large rows, append-only rows)
// Why:    both collations compare bytes, so ORDER BY and cursors page alike. SQLite's built-in BINARY is that already;
//         one of our own would make the file unreadable for the sqlite3 tool.
// Errors: kStore for an unknown word, a bare '?', or ?0.
// Thread: any; pure.
// Example:
//   render(Dialect::kPostgres, "SELECT a FROM t WHERE b = ?1")  ->  "SELECT a FROM t WHERE b = $1", 1 parameter
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/sql.h"

namespace carillon::store {

enum class Dialect { kSqlite, kPostgres };
std::string_view name_of(Dialect dialect);  // "sqlite", "postgres"

struct RenderedSql {
  std::string text;
  int parameters = 0;  // the highest N of ?N
};

// Replaces words and parameters outside quotes and comments.
Result<RenderedSql> render(Dialect dialect, std::string_view sql);
// The same for one statement to prepare: kStore when it is longer than 64 KiB.
Result<RenderedSql> render_statement(Dialect dialect, const Sql& sql);

}  // namespace carillon::store
