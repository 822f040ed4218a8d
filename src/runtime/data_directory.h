// DataDirectory: the one folder a server writes to, locked so that two servers never open it.
//
// What:   DATA/carillon.db (and its -wal, -shm), DATA/files/ (content-addressed, never changed once written),
//         DATA/carillon.lock (held with flock while we live; it holds our process id).
// Owns:   the lock. Thread: any.
// Errors: kConfig: not a folder, not writable, in use by another server (with its process id).
// Example:
//   Result<DataDirectory> data = DataDirectory::open("var");
//   auto store = Store::open({.url = data->database_url()});
#pragma once

#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "store/store.h"

namespace carillon::runtime {

class DataDirectory {
 public:
  // Makes the folder when it is not there. Does not wait for a lock.
  static Result<DataDirectory> open(const std::string& path);
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&& other) noexcept;
  ~DataDirectory();

  const std::string& path() const { return path_; }
  std::string database_path() const { return path_ + "/carillon.db"; }
  std::string database_url() const { return "sqlite:" + database_path(); }
  std::string files_path() const { return path_ + "/files"; }

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_ = -1;
};

// The instance row: what this database is.
struct Instance {
  std::string id;
  Instant alive_at;
  Instant created_at;
  bool demo = false;
  bool first = false;  // made just now
};

// Reads the instance row, or makes it. kConfig when its demo flag is not `demo`: a demonstration's data is never served
// as real data, and real data never as a demonstration's.
Result<Instance> open_instance(store::Store& store, bool demo, Instant now, Seed seed);

}  // namespace carillon::runtime
