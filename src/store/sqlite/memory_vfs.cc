#include "store/sqlite/memory_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "store/sqlite/memory_disk.h"

namespace carillon::store::sqlite {
namespace {

static_assert(MemoryFile::kShmLocks == SQLITE_SHM_NLOCK);

struct OpenFile : sqlite3_file {
  MemoryDisk* disk = nullptr;
  std::shared_ptr<MemoryFile> file;
  int level = SQLITE_LOCK_NONE;
  unsigned shared_regions = 0;     // bit i: this connection holds region lock i shared
  unsigned exclusive_regions = 0;  // or exclusively
  bool maps_regions = false;
  bool delete_on_close = false;
};

OpenFile& of(sqlite3_file* file) { return *static_cast<OpenFile*>(file); }
MemoryDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<MemoryDisk*>(vfs->pAppData); }

int unlock(sqlite3_file* raw, int level) {
  OpenFile& open = of(raw);
  MemoryFile& file = *open.file;
  std::lock_guard lock(open.disk->mutex());
  if (open.level <= level) return SQLITE_OK;
  if (file.reserved == &open) file.reserved = nullptr;
  if (file.pending == &open) file.pending = nullptr;
  if (file.exclusive == &open) file.exclusive = nullptr;
  if (level == SQLITE_LOCK_NONE) --file.shared;
  open.level = level;
  return SQLITE_OK;
}

int lock(sqlite3_file* raw, int level) {
  OpenFile& open = of(raw);
  MemoryFile& file = *open.file;
  std::lock_guard guard(open.disk->mutex());
  if (open.level >= level) return SQLITE_OK;
  const auto by_other = [&](const void* owner) { return owner && owner != &open; };
  if (by_other(file.exclusive)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_SHARED) {
    if (by_other(file.pending)) return SQLITE_BUSY;
    ++file.shared;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (by_other(file.reserved) || by_other(file.pending)) return SQLITE_BUSY;
    file.reserved = &open;
  } else {
    if (by_other(file.reserved) || by_other(file.pending)) return SQLITE_BUSY;
    file.pending = &open;
    if (file.shared > 1) return open.level = SQLITE_LOCK_PENDING, SQLITE_BUSY;
    file.exclusive = &open;
  }
  open.level = level;
  return SQLITE_OK;
}

int reserved_lock(sqlite3_file* raw, int* out) {
  OpenFile& open = of(raw);
  std::lock_guard guard(open.disk->mutex());
  *out = open.file->reserved || open.file->pending || open.file->exclusive;
  return SQLITE_OK;
}

int shm_map(sqlite3_file* raw, int index, int size, int extend, void volatile** out) {
  OpenFile& open = of(raw);
  std::lock_guard guard(open.disk->mutex());
  auto& regions = open.file->regions;
  if (!open.maps_regions) open.maps_regions = true, ++open.file->region_users;
  const std::size_t wanted = static_cast<std::size_t>(index) + 1;
  while (extend && regions.size() < wanted) regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = regions.size() < wanted ? nullptr : regions[wanted - 1].get();
  return SQLITE_OK;
}

void drop_region_locks(OpenFile& open, unsigned mask) {
  for (int i = 0; i < SQLITE_SHM_NLOCK; ++i) {
    const unsigned bit = 1u << i;
    if (!(mask & bit)) continue;
    if (open.exclusive_regions & bit) open.file->region_locks[static_cast<std::size_t>(i)] = 0;
    if (open.shared_regions & bit) --open.file->region_locks[static_cast<std::size_t>(i)];
    open.exclusive_regions &= ~bit;
    open.shared_regions &= ~bit;
  }
}

int shm_lock(sqlite3_file* raw, int offset, int n, int flags) {
  OpenFile& open = of(raw);
  std::lock_guard guard(open.disk->mutex());
  auto& locks = open.file->region_locks;
  const unsigned mask = ((1u << n) - 1u) << offset;
  if (flags & SQLITE_SHM_UNLOCK) return drop_region_locks(open, mask), SQLITE_OK;
  const bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
  for (int i = offset; i < offset + n; ++i) {
    const bool own_shared = open.shared_regions & (1u << i);
    const int others = locks[static_cast<std::size_t>(i)] - (own_shared ? 1 : 0);
    if (exclusive ? others != 0 : others < 0) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + n; ++i) {
    const unsigned bit = 1u << i;
    if (exclusive) {
      locks[static_cast<std::size_t>(i)] = -1, open.exclusive_regions |= bit;
    } else if (!(open.shared_regions & bit)) {
      ++locks[static_cast<std::size_t>(i)], open.shared_regions |= bit;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file* raw) { std::lock_guard guard(of(raw).disk->mutex()); }

int shm_unmap(sqlite3_file* raw, int) {
  OpenFile& open = of(raw);
  std::lock_guard guard(open.disk->mutex());
  if (!open.maps_regions) return SQLITE_OK;
  drop_region_locks(open, ~0u);
  open.maps_regions = false;
  if (--open.file->region_users == 0) open.file->regions.clear();
  return SQLITE_OK;
}

int close(sqlite3_file* raw) {
  OpenFile& open = of(raw);
  shm_unmap(raw, 0);
  unlock(raw, SQLITE_LOCK_NONE);
  if (open.delete_on_close) open.disk->remove(open.file->name, false);
  open.~OpenFile();
  return SQLITE_OK;
}

int read(sqlite3_file* raw, void* out, int n, sqlite3_int64 offset) {
  OpenFile& open = of(raw);
  std::lock_guard guard(open.disk->mutex());
  const std::string& bytes = open.file->bytes;
  const std::size_t from = std::min(static_cast<std::size_t>(offset), bytes.size());
  const std::size_t got = std::min(static_cast<std::size_t>(n), bytes.size() - from);
  std::memcpy(out, bytes.data() + from, got);
  if (got == static_cast<std::size_t>(n)) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + got, 0, static_cast<std::size_t>(n) - got);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* raw, const void* bytes, int n, sqlite3_int64 offset) {
  const std::string_view view(static_cast<const char*>(bytes), static_cast<std::size_t>(n));
  return of(raw).disk->write(*of(raw).file, offset, view) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* raw, sqlite3_int64 size) {
  return of(raw).disk->truncate(*of(raw).file, size) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* raw, int) { return of(raw).disk->sync(*of(raw).file) ? SQLITE_OK : SQLITE_IOERR_FSYNC; }

int file_size(sqlite3_file* raw, sqlite3_int64* size) {
  std::lock_guard guard(of(raw).disk->mutex());
  *size = static_cast<sqlite3_int64>(of(raw).file->bytes.size());
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
// As the system's VFS says of common disks: a write changes no byte outside it.
int device(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods kMethods = {2,        close,       read,          write,        truncate,    sync,   file_size,
                                     lock,     unlock,      reserved_lock, file_control, sector_size, device, shm_map,
                                     shm_lock, shm_barrier, shm_unmap,     nullptr,      nullptr};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
  raw->pMethods = nullptr;
  auto file = disk_of(vfs).open(name ? name : "", flags & SQLITE_OPEN_CREATE);
  if (!file) return SQLITE_CANTOPEN;
  auto* opened = new (raw) OpenFile();
  opened->pMethods = &kMethods;
  opened->disk = &disk_of(vfs);
  opened->file = std::move(file);
  opened->delete_on_close = name && (flags & SQLITE_OPEN_DELETEONCLOSE);
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  return disk_of(vfs).remove(name, sync_folder != 0) ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
  *out = disk_of(vfs).exists(name);
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int n, char* out) {
  sqlite3_snprintf(n, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int n, char* out) {
  sqlite3_vfs* system = sqlite3_vfs_find("unix");
  return system->xRandomness(system, n, out);
}

int sleep(sqlite3_vfs*, int us) {
  sqlite3_vfs* system = sqlite3_vfs_find("unix");
  return system->xSleep(system, us);
}

int current_time(sqlite3_vfs*, double* out) {
  sqlite3_vfs* system = sqlite3_vfs_find("unix");
  return system->xCurrentTime(system, out);
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

void fill_memory_vfs(sqlite3_vfs& vfs, const char* name, MemoryDisk* disk) {
  vfs = {};
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 512;
  vfs.zName = name;
  vfs.pAppData = disk;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_name;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
}

}  // namespace carillon::store::sqlite
