// FileStore: the bytes of files on disk, named by their SHA-256: DATA/files/ab/ab12...
//
// What:    an Upload takes a body piece by piece into DATA/files/incoming, counts and hashes it, and puts it in its place whole:
//          a name is there only when all its bytes are, on disk. Equal bytes are kept once, and never changed.
// Owns:    nothing but its folder. Thread: path() any; Upload one at a time (the server's file thread), may block.
// Errors:  kBodyTooLarge, kStore (the disk did not take it).
// Limits:  kMaxFileBytes a file. What an aborted upload left is removed with it, or at the next start.
// Example:
//   FileStore files("/var/lib/carillon/files");
//   auto upload = files.begin();
//   upload->write(piece); upload->finish();
//   upload->sha256();
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "http/request.h"

namespace carillon::files {

class Upload final : public http::BodySink {
 public:
  ~Upload() override;
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  Result<void> write(std::span<const char> piece) override;
  Result<void> finish() override;

  // Once finished.
  const std::string& sha256() const { return sha256_; }
  std::int64_t size() const { return size_; }

 private:
  friend class FileStore;
  struct Hash;
  Upload(std::string folder, std::string path);
  Result<void> open();

  const std::string folder_;
  const std::string path_;
  int file_ = -1;
  std::int64_t size_ = 0;
  std::string sha256_;
  std::unique_ptr<Hash> hash_;
};

class FileStore {
 public:
  // Makes the folder. Errors: kConfig.
  static Result<std::unique_ptr<FileStore>> open(std::string folder);

  // Touches no disk yet.
  std::unique_ptr<Upload> begin() const;
  // Where the bytes of a finished upload lie.
  std::string path(std::string_view sha256) const;

 private:
  explicit FileStore(std::string folder) : folder_(std::move(folder)) {}
  const std::string folder_;
};

}  // namespace carillon::files
