// Store: one database, on SQLite (the default) or PostgreSQL, behind one contract.
//
// What:   open() connects; migrate() brings the schema up to date; writer() is the one writer; readers() lends readers.
// Owns:   its connections. It must outlive leases and everybody who holds its writer.
// Thread: open/migrate/backup_to from one thread at a time; writer and readers as their headers say. backup_to may run
//         while the writer commits and readers read.
// Errors: kConfig (address, schema not of this binary), kStore (the database). Messages never show a password.
// Example:
//   Result<std::unique_ptr<Store>> store = Store::open({.url = "sqlite:/var/lib/carillon/carillon.db"});
//   if (!store) return store.error();
//   if (auto done = (*store)->migrate(); !done) return done.error();
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/dialect.h"
#include "store/migrations.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::store {

struct StoreOptions {
  // "sqlite:PATH" or just PATH; "sqlite::memory:" (private to this Store, gone with it);
  // "postgres://..." or "postgresql://..." (libpq's connection URI; a socket directory goes into ?host=).
  std::string url = "sqlite::memory:";
  int readers = 8;                                   // at most this many connections that read
  Duration lease_wait = Duration::seconds(2);        // then kOverloaded
  Duration read_time_limit = Duration::seconds(30);  // of one query()
  std::size_t max_result_bytes = 64u << 20;          // of one query()
  Duration write_limit = Duration::seconds(30);      // PostgreSQL: of one round trip of commit()
  Duration connect_limit = Duration::seconds(10);    // PostgreSQL: to connect or to reconnect
  bool must_exist = false;                           // SQLite: do not create the file

  // SQLite only. README.md says how they were chosen.
  int sqlite_writer_cache_kib = 32 * 1024;
  int sqlite_reader_cache_kib = 2 * 1024;
  int sqlite_checkpoint_pages = 16'000;  // pages in the log at which a checkpoint begins
  std::string sqlite_vfs{};              // tests: a registered VFS by name; "" is the system's
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  virtual ~Store() = default;

  virtual Dialect dialect() const = 0;
  virtual Writer& writer() = 0;
  virtual ReaderPool& readers() = 0;

  // Applies what is missing, each step in its own transaction. Not while the writer is in use.
  virtual Result<MigrationReport> migrate(std::span<const Migration> steps = embedded_migrations()) = 0;

  // Writes a consistent copy into one new file (README.md: SQLite database, or our archive of a PostgreSQL schema).
  // The file appears under its name only when it is whole and on disk; an existing one is refused.
  virtual Result<void> backup_to(const std::string& path) = 0;
};

// Fills a database that does not exist yet (SQLite) or is empty (PostgreSQL) from a file of backup_to of the same kind.
// The schema then is of the backup's version; migrate() as usual afterwards. kConfig when the target is not empty or
// the file is not whole or not of this kind.
Result<void> restore_from(const StoreOptions& target, const std::string& path,
                          std::span<const Migration> steps = embedded_migrations());

// The address without its password, for logs and messages.
std::string shown_url(const std::string& url);

}  // namespace carillon::store
