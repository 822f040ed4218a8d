#include "store/durable_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace carillon::store {
namespace {

Error fault(ErrorCode code, const std::string& doing, const std::string& path) {
  return Error(code, doing + " " + path + ": " + std::strerror(errno));
}

}  // namespace

Result<NewFile> NewFile::begin(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) {
    return Error(ErrorCode::kConfig, path + " exists already; give a new name, nothing is overwritten");
  }
  NewFile file(path, -1);
  ::unlink(file.part_.c_str());  // of an attempt that was interrupted
  file.fd_ = ::open(file.part_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file.fd_ < 0) return fault(ErrorCode::kConfig, "cannot create", file.part_);
  return file;
}

NewFile::NewFile(NewFile&& o) noexcept
    : path_(std::move(o.path_)), part_(std::move(o.part_)), fd_(std::exchange(o.fd_, -1)) {}

NewFile::~NewFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(part_.c_str());
}

Result<void> NewFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fault(ErrorCode::kStore, "cannot write", part_);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> NewFile::finish() {
  if (::fsync(fd_) != 0) return fault(ErrorCode::kStore, "cannot sync", part_);
  // link() refuses an existing name, where rename() would overwrite what appeared meanwhile.
  if (::link(part_.c_str(), path_.c_str()) != 0) return fault(ErrorCode::kConfig, "cannot name the file", path_);
  ::unlink(part_.c_str());
  ::close(std::exchange(fd_, -1));
  return sync_folder_of(path_);
}

Result<void> create_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) return {};
  if (fd < 0) return fault(ErrorCode::kConfig, "cannot create the database", path);
  ::close(fd);
  return sync_folder_of(path);
}

Result<void> sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fault(ErrorCode::kStore, "cannot open the folder", folder);
  const int code = ::fsync(fd);
  ::close(fd);
  if (code != 0) return fault(ErrorCode::kStore, "cannot sync the folder", folder);
  return {};
}

std::int64_t size_of_file(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? static_cast<std::int64_t>(found.st_size) : 0;
}

}  // namespace carillon::store
