// PowerLossDisk: a disk for SQLite whose power can be cut at any operation.
//
// What:   what was synced is on the platter; the rest is in the cache until the power goes. From then on every
// operation
//         fails. survivors(seed) is what is found afterwards: everything synced, and of the rest nothing, a beginning,
//         an arbitrary part, or all, as the seed says; a write may be torn between sectors of 512 bytes. Files newly
//         made or removed are as uncertain as writes, until the file of that name is synced or SQLite has synced its
//         folder.
// Owns:   its files. Thread: any.
// Example:
//   PowerLossDisk disk;
//   disk.cut_after(100);
//   ... a Store on {.url = "sqlite:/db", .sqlite_vfs = disk.vfs_name()} until commit() fails ...
//   PowerLossDisk next(disk.survivors(seed));
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sqlite/memory_disk.h"

namespace carillon::store::testing {

class PowerLossDisk final : public sqlite::MemoryDisk {
 public:
  PowerLossDisk() = default;
  explicit PowerLossDisk(const Files& found);

  // The power goes at the n-th operation from now (0 is the next). Operations are writes, truncations, syncs, and the
  // making and removing of files.
  void cut_after(std::int64_t operations);
  bool is_cut() const;
  std::int64_t operations() const;
  Files survivors(std::uint64_t seed) const;

 protected:
  bool on_create(const std::string& name) override;
  bool on_remove(const std::string& name, bool durable) override;
  bool on_write(const std::string& name, std::int64_t offset, std::string_view bytes) override;
  bool on_truncate(const std::string& name, std::int64_t size) override;
  bool on_sync(const std::string& name) override;

 private:
  enum class What { kCreate, kRemove, kWrite, kTruncate };
  struct Unsynced {
    What what;
    std::string name;
    std::int64_t at = 0;  // offset or size
    std::string bytes;
  };
  bool goes_on();
  bool note(Unsynced operation);
  void settle(const std::string& name);
  static void apply(Files& files, const Unsynced& operation);

  Files platter_;
  std::vector<Unsynced> cache_;
  std::int64_t operations_ = 0;
  std::int64_t cut_at_ = -1;
  bool cut_ = false;
};

}  // namespace carillon::store::testing
