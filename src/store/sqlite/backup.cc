#include "store/sqlite/backup.h"

#include <sqlite3.h>

#include "store/durable_file.h"
#include "store/sqlite/schema.h"

namespace carillon::store::sqlite {
namespace {

constexpr int kPagesAStep = 1'024;

// The source must stand in a read transaction: then every step reads the same snapshot.
Result<void> copy_pages(Connection& from, Connection& to) {
  sqlite3_backup* backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (!backup) return to.error("cannot begin the copy");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup, kPagesAStep);
  sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE) return {};
  return Error(ErrorCode::kStore, std::string("the copy failed: ") + sqlite3_errstr(code) +
                                      "; check that the disk has room and try again");
}

Result<void> copy_into(Connection& from, const std::string& path) {
  Result<NewFile> file = NewFile::begin(path);
  if (!file) return std::move(file).error();
  {
    Result<std::unique_ptr<Connection>> to = Connection::open({file->part(), ""}, Access::kWrite);
    if (!to) return std::move(to).error();
    Result<void> copied = copy_pages(from, **to);
    if (!copied) return copied;
    // One plain file, that a read-only medium can serve too; opening it for use turns the log on again.
    Result<std::string> mode = (*to)->ask("PRAGMA journal_mode = DELETE");
    if (!mode) return std::move(mode).error();
  }
  return file->finish();
}

Result<void> begin_reading(Connection& connection) {
  Result<void> begun = connection.exec("BEGIN");
  if (!begun) return begun;
  Result<std::string> touched = connection.ask("SELECT count(*) FROM sqlite_schema");
  if (!touched) return std::move(touched).error();
  return {};
}

Result<void> check_backup(Connection& connection, const std::string& path, std::span<const Migration> steps) {
  Result<std::string> whole = connection.ask("PRAGMA integrity_check(1)");
  if (!whole || *whole != "ok") {
    return Error(ErrorCode::kConfig,
                 path + " is not a whole backup (" + (whole ? *whole : whole.error().message) + "); take another one");
  }
  // The check above reads what is missing of the last page as zeros.
  Result<std::string> size = connection.ask("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  if (!size || *size != std::to_string(size_of_file(path))) {
    return Error(ErrorCode::kConfig, path + " is not a whole backup (its length is wrong); take another one");
  }
  Result<std::vector<AppliedStep>> applied = applied_steps(connection);
  if (!applied) return std::move(applied).error();
  if (applied->empty()) {
    return Error(ErrorCode::kConfig, path + " is a database, but not a backup of ours: it has no schema_migrations");
  }
  Result<std::span<const Migration>> missing = missing_steps(*applied, steps, Dialect::kSqlite);
  if (!missing) return std::move(missing).error();
  return {};
}

// A log left beside a missing database would be taken for the new file's own and destroy it.
Result<void> check_nothing_at(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    const std::string name = path + suffix;
    if (size_of_file(name) > 0) {
      return Error(ErrorCode::kConfig, name + " exists already; restore into a new place, or move the old files away");
    }
  }
  return {};
}

}  // namespace

Result<void> copy_to_file(const Place& from, const std::string& path) {
  Result<std::unique_ptr<Connection>> source = Connection::open(from, Access::kRead);
  if (!source) return std::move(source).error();
  Result<void> reading = begin_reading(**source);
  if (!reading) return reading;
  return copy_into(**source, path);
}

Result<void> copy_from_file(const std::string& from, const std::string& to, std::span<const Migration> steps) {
  Result<void> empty = check_nothing_at(to);
  if (!empty) return empty;
  Result<std::unique_ptr<Connection>> source = Connection::open({from, ""}, Access::kRead);
  if (!source) return std::move(source).error();
  Result<void> reading = begin_reading(**source);
  if (!reading) return Error(ErrorCode::kConfig, from + " is not a backup: " + reading.error().message);
  Result<void> checked = check_backup(**source, from, steps);
  if (!checked) return checked;
  return copy_into(**source, to);
}

}  // namespace carillon::store::sqlite
