// MemoryDisk: a disk in memory for SQLite (a VFS), with locks and shared memory among the connections of one program.
//
// What:   "sqlite::memory:" lives on one, and so is the same WAL database as a file is: one writer, readers that see
//         snapshots. (SQLite's own :memory: cannot be shared so.) Tests derive from it to lose power.
// Owns:   its files. Registers a VFS of its own name for its lifetime; connections must be closed before it goes.
// Thread: any.
// Limits: memory. Meant for tests and trials.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3_vfs;

namespace carillon::store::sqlite {

// One file. Guarded by its disk's mutex.
struct MemoryFile {
  static constexpr int kShmLocks = 8;

  std::string name;  // "" is a temporary file
  std::string bytes;
  // Locks of the database file; owners are compared, never followed.
  int shared = 0;
  const void* reserved = nullptr;
  const void* pending = nullptr;
  const void* exclusive = nullptr;
  // The log's index: shared memory and its locks (-1 exclusive, n shared).
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<int, kShmLocks> region_locks{};
  int region_users = 0;
};

class MemoryDisk {
 public:
  using Files = std::map<std::string, std::string>;  // name -> bytes

  MemoryDisk();
  virtual ~MemoryDisk();
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  // To name in StoreOptions.sqlite_vfs.
  const std::string& vfs_name() const { return vfs_name_; }
  Files files() const;
  void put(const Files& files);

  // For the VFS only.
  std::shared_ptr<MemoryFile> open(const std::string& name, bool create);
  // `durable` when SQLite asks that the removal itself survives a loss of power.
  bool remove(const std::string& name, bool durable);
  bool exists(const std::string& name) const;
  bool write(MemoryFile& file, std::int64_t offset, std::string_view bytes);
  bool truncate(MemoryFile& file, std::int64_t size);
  bool sync(MemoryFile& file);
  std::mutex& mutex() { return mutex_; }

 protected:
  // Called with the mutex held, before a named file changes; false fails the operation as a broken disk would.
  virtual bool on_create(const std::string&) { return true; }
  virtual bool on_remove(const std::string&, bool) { return true; }
  virtual bool on_write(const std::string&, std::int64_t, std::string_view) { return true; }
  virtual bool on_truncate(const std::string&, std::int64_t) { return true; }
  virtual bool on_sync(const std::string&) { return true; }

  mutable std::mutex mutex_;

 private:
  const std::string vfs_name_;
  std::map<std::string, std::shared_ptr<MemoryFile>> files_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace carillon::store::sqlite
