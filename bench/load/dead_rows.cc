#include "bench/load/dead_rows.h"

#include <sqlite3.h>

#include <boost/json.hpp>
#include <functional>

#include "bench/load/loop.h"

namespace carillon::bench {
namespace {

void each_row(const std::string& folder, const std::string& sql, const std::function<void(sqlite3_stmt*)>& row) {
  const std::string path = folder + "/carillon.db";
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(database, 10'000);
    code = sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
  }
  if (code == SQLITE_OK) {
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) row(statement);
  }
  if (code != SQLITE_OK && code != SQLITE_DONE) give_up("cannot read " + path + ": " + sqlite3_errmsg(database));
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

}  // namespace

Dead read_dead(const std::string& folder) {
  Dead out;
  int rows = 0;
  each_row(folder, "SELECT i.alive_at, h.last_now, h.last_entry FROM instance i, workspace_heads h",
           [&](sqlite3_stmt* row) {
             out = {{sqlite3_column_int64(row, 0)}, {sqlite3_column_int64(row, 1)}, sqlite3_column_int64(row, 2)};
             ++rows;
           });
  if (rows != 1) give_up("found " + std::to_string(rows) + " workspaces, expected the demo's");
  return out;
}

std::vector<Restart> restarts_after(const std::string& folder, std::int64_t entry) {
  std::vector<Restart> out;
  const std::string sql = "SELECT entry, now, command FROM journal WHERE entry > " + std::to_string(entry) +
                          " AND command LIKE '%workspace.Restarted%' ORDER BY entry";
  each_row(folder, sql, [&](sqlite3_stmt* row) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, 2));
    const boost::json::value command = boost::json::parse(text ? text : "null");
    out.push_back({sqlite3_column_int64(row, 0),
                   {sqlite3_column_int64(row, 1)},
                   {command.at("down_for").to_number<std::int64_t>()}});
  });
  return out;
}

Instant moved(Instant at, const std::vector<Restart>& restarts) {
  for (const Restart& one : restarts) at = at + one.down_for;
  return at;
}

Instant moved_offer(Instant at, const std::vector<Restart>& restarts) {
  for (const Restart& one : restarts) at = std::max(at + one.down_for, one.now + Duration::seconds(10));
  return at;
}

}  // namespace carillon::bench
