#include "store/sqlite/memory_disk.h"

#include <sqlite3.h>

#include <atomic>

#include "base/check.h"
#include "store/sqlite/memory_vfs.h"

namespace carillon::store::sqlite {
namespace {

std::string next_name() {
  static std::atomic<std::uint64_t> count{0};
  return "carillon-memory-" + std::to_string(++count);
}

}  // namespace

MemoryDisk::MemoryDisk() : vfs_name_(next_name()), vfs_(std::make_unique<sqlite3_vfs>()) {
  CARILLON_CHECK(sqlite3_initialize() == SQLITE_OK);
  fill_memory_vfs(*vfs_, vfs_name_.c_str(), this);
  CARILLON_CHECK(sqlite3_vfs_register(vfs_.get(), 0) == SQLITE_OK);
}

MemoryDisk::~MemoryDisk() { sqlite3_vfs_unregister(vfs_.get()); }

MemoryDisk::Files MemoryDisk::files() const {
  std::lock_guard lock(mutex_);
  Files out;
  for (const auto& [name, file] : files_) out[name] = file->bytes;
  return out;
}

void MemoryDisk::put(const Files& files) {
  std::lock_guard lock(mutex_);
  for (const auto& [name, bytes] : files) {
    auto file = std::make_shared<MemoryFile>();
    file->name = name, file->bytes = bytes;
    files_[name] = std::move(file);
  }
}

std::shared_ptr<MemoryFile> MemoryDisk::open(const std::string& name, bool create) {
  std::lock_guard lock(mutex_);
  if (name.empty()) return std::make_shared<MemoryFile>();
  const auto found = files_.find(name);
  if (found != files_.end()) return found->second;
  if (!create || !on_create(name)) return nullptr;
  auto file = std::make_shared<MemoryFile>();
  file->name = name;
  files_[name] = file;
  return file;
}

bool MemoryDisk::remove(const std::string& name, bool durable) {
  std::lock_guard lock(mutex_);
  const auto found = files_.find(name);
  if (found == files_.end()) return true;
  if (!on_remove(name, durable)) return false;
  files_.erase(found);
  return true;
}

bool MemoryDisk::exists(const std::string& name) const {
  std::lock_guard lock(mutex_);
  return files_.contains(name);
}

bool MemoryDisk::write(MemoryFile& file, std::int64_t offset, std::string_view bytes) {
  std::lock_guard lock(mutex_);
  if (!file.name.empty() && !on_write(file.name, offset, bytes)) return false;
  const std::size_t end = static_cast<std::size_t>(offset) + bytes.size();
  if (file.bytes.size() < end) file.bytes.resize(end);
  file.bytes.replace(static_cast<std::size_t>(offset), bytes.size(), bytes);
  return true;
}

bool MemoryDisk::truncate(MemoryFile& file, std::int64_t size) {
  std::lock_guard lock(mutex_);
  if (!file.name.empty() && !on_truncate(file.name, size)) return false;
  file.bytes.resize(static_cast<std::size_t>(size));
  return true;
}

bool MemoryDisk::sync(MemoryFile& file) {
  std::lock_guard lock(mutex_);
  return file.name.empty() || on_sync(file.name);
}

}  // namespace carillon::store::sqlite
