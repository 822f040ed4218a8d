#include "runtime/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace carillon::runtime {
namespace {

constexpr store::Sql kReadInstance = "SELECT instance_id, alive_at, created_at, demo FROM instance";
constexpr store::Sql kMakeInstance =
    "INSERT INTO instance (instance_id, alive_at, created_at, demo) VALUES (?1, ?2, ?2, ?3)";

Error cannot(const std::string& what, const std::string& path) {
  return Error(ErrorCode::kConfig, "cannot " + what + " " + path + ": " + std::strerror(errno) +
                                       "; --data names a folder that this user may write to")
      .at("data");
}

std::string read_all(int file) {
  char text[32] = {};
  const ssize_t got = ::pread(file, text, sizeof text - 1, 0);
  std::string read(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!read.empty() && (read.back() == '\n' || read.back() == ' ')) read.pop_back();
  return read;
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return errno = failed.value(), cannot("make the data folder", path);
  const std::string lock_path = path + "/carillon.lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return cannot("write in the data folder", path);
  DataDirectory directory(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock", lock_path);
    return Error(ErrorCode::kConfig, "the data folder " + path + " is in use by another server (process " +
                                         read_all(lock) + "); stop it, or give this one another --data")
        .at("data");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return cannot("write", lock_path);
  }
  std::filesystem::create_directories(directory.files_path(), failed);
  if (failed) return errno = failed.value(), cannot("make", directory.files_path());
  return directory;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataDirectory& DataDirectory::operator=(DataDirectory&& other) noexcept {
  if (this == &other) return *this;
  if (lock_ >= 0) ::close(lock_);
  path_ = std::move(other.path_);
  lock_ = std::exchange(other.lock_, -1);
  return *this;
}

// Closing lets go of the lock; the file stays, because removing it would let two servers lock two files.
DataDirectory::~DataDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

Result<Instance> open_instance(store::Store& store, bool demo, Instant now, Seed seed) {
  Instance instance;
  {
    auto reader = store.readers().lease();
    if (!reader) return reader.error();
    auto found = (*reader)->query(kReadInstance);
    if (!found) return found.error();
    instance.first = found->empty();
    if (!instance.first) {
      const store::Row row = (*found)[0];
      instance = {row.str(0), row.instant(1), row.instant(2), row.flag(3), false};
    }
  }
  if (!instance.first) {
    if (instance.demo == demo) return instance;
    return Error(ErrorCode::kConfig,
                 instance.demo
                     ? "this data folder holds a demonstration and the server was started without --demo; give it "
                       "--demo, or another --data for real work"
                     : "this data folder holds real data and the server was started with --demo; leave out --demo, "
                       "or give the demonstration another --data")
        .at("data");
  }
  IdMaker ids(seed);
  const Id<'I', 'N'> id = ids.next<Id<'I', 'N'>>();
  instance = {id.str(), now, now, demo, true};
  store::Change change;
  change.run(kMakeInstance, instance.id, now, demo);
  if (auto made = store::commit_one(store.writer(), change); !made) return made.error();
  return instance;
}

}  // namespace carillon::runtime
