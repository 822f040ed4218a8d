#include "store/sqlite/sqlite_store.h"

#include <optional>

#include "store/durable_file.h"
#include "store/migration_plan.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/memory_disk.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/sqlite_writer.h"

namespace carillon::store::sqlite {
namespace {

constexpr std::string_view kScheme = "sqlite:";
constexpr std::string_view kMemory = ":memory:";

std::string path_of(const std::string& url) { return url.starts_with(kScheme) ? url.substr(kScheme.size()) : url; }

// What every writing connection is told; README.md says why.
Result<void> set_up_writer(Connection& connection, const StoreOptions& options, bool durable) {
  // EXTRA is FULL for the log, and FULL is not enough for a new file: the rollback journal of its first transaction
  // would be removed without syncing the folder, and come back after a loss of power to undo everything.
  Result<void> safe = connection.exec(durable ? "PRAGMA synchronous = EXTRA" : "PRAGMA synchronous = OFF");
  if (!safe) return safe;
  Result<std::string> mode = connection.ask("PRAGMA journal_mode = WAL");
  if (!mode) return std::move(mode).error();
  if (*mode != "wal") {
    return Error(ErrorCode::kConfig,
                 "the database cannot keep a write-ahead log (journal mode is " + *mode + "); put it on a local disk");
  }
  const std::string limit = std::to_string(std::int64_t{4096} * 4 * options.sqlite_checkpoint_pages);
  const std::string settings =
      std::string("PRAGMA foreign_keys = 1; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0") +
      "; PRAGMA journal_size_limit = " + limit + "; PRAGMA cache_size = -" +
      std::to_string(options.sqlite_writer_cache_kib);
  return connection.exec(settings.c_str());
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const StoreOptions& options, Place place, std::unique_ptr<MemoryDisk> disk,
              std::unique_ptr<Connection> writing, std::unique_ptr<Connection> checkpointing)
      : place_(std::move(place)),
        disk_(std::move(disk)),
        writing_(std::move(writing)),
        checkpointer_(std::move(checkpointing), *writing_, options.sqlite_checkpoint_pages),
        writer_(*writing_, checkpointer_),
        readers_(options.readers, options.lease_wait, [this, options] { return SqliteReader::open(place_, options); }) {
  }

  Dialect dialect() const override { return Dialect::kSqlite; }
  Writer& writer() override { return writer_; }
  ReaderPool& readers() override { return readers_; }
  Result<MigrationReport> migrate(std::span<const Migration> steps) override {
    return sqlite::migrate(*writing_, steps);
  }
  Result<void> backup_to(const std::string& path) override { return copy_to_file(place_, path); }

 private:
  const Place place_;
  const std::unique_ptr<MemoryDisk> disk_;  // outlives every connection
  const std::unique_ptr<Connection> writing_;
  Checkpointer checkpointer_;
  SqliteWriter writer_;
  ReaderPool readers_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
  Place place{path_of(options.url), options.sqlite_vfs};
  std::unique_ptr<MemoryDisk> disk;
  const bool in_memory = place.path == kMemory;
  if (in_memory) {
    disk = std::make_unique<MemoryDisk>();
    place = {"memory", disk->vfs_name()};
  } else if (place.vfs.empty() && !options.must_exist) {
    Result<void> created = create_private_file(place.path);
    if (!created) return std::move(created).error();
  }
  const Access access = options.must_exist ? Access::kWrite : Access::kCreate;
  Result<std::unique_ptr<Connection>> writing = Connection::open(place, access);
  if (!writing) return std::move(writing).error();
  Result<void> set_up = set_up_writer(**writing, options, !in_memory);
  if (!set_up) return std::move(set_up).error();
  Result<std::unique_ptr<Connection>> checkpointing = Connection::open(place, Access::kWrite);
  if (!checkpointing) return std::move(checkpointing).error();
  set_up = set_up_writer(**checkpointing, options, !in_memory);
  if (!set_up) return std::move(set_up).error();
  return std::unique_ptr<Store>(
      new SqliteStore(options, std::move(place), std::move(disk), std::move(*writing), std::move(*checkpointing)));
}

Result<void> restore(const StoreOptions& target, const std::string& path, std::span<const Migration> steps) {
  const std::string to = path_of(target.url);
  if (to == kMemory || !target.sqlite_vfs.empty()) {
    return Error(ErrorCode::kConfig, "a backup is restored into a file; give sqlite:PATH");
  }
  return copy_from_file(path, to, steps);
}

}  // namespace carillon::store::sqlite
