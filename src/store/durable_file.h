// NewFile: a file that appears under its name only when it is whole and on disk.
//
// What:   begin() makes PATH.part, readable by this user only; finish() syncs it, renames it and syncs the folder.
//         Without finish() the part is removed.
// Errors: kConfig when PATH exists or the folder cannot be written; kStore when the disk fails.
// Thread: one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::store {

class NewFile {
 public:
  static Result<NewFile> begin(const std::string& path);
  NewFile(NewFile&& o) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  const std::string& part() const { return part_; }
  Result<void> write(std::string_view bytes);
  // When somebody else wrote to part(), that is synced too.
  Result<void> finish();

 private:
  NewFile(std::string path, int fd) : path_(std::move(path)), part_(path_ + ".part"), fd_(fd) {}

  std::string path_;
  std::string part_;
  int fd_ = -1;
};

// Makes an empty file that only this user may read, when there is none.
Result<void> create_private_file(const std::string& path);
// The name of a file is durable only when its folder is.
Result<void> sync_folder_of(const std::string& path);
// 0 when there is none.
std::int64_t size_of_file(const std::string& path);

}  // namespace carillon::store
