// Keeper: evidence of calls on the disk, one file a call.
//
// What:   keep() takes a Record and returns at once; a thread of its own takes its secrets out, and writes it. find() gives it back,
//         written or not yet. What is older than Config::keep is removed, once a day.
// Why:    evidence is large, needs no transaction and nobody waits for it: a call's rows must not share a commit with it.
// Owns:   its thread and DATA/files/evidence/<workspace>/<two digits>/<call>.json.
// Thread: keep(), counts() from any and without waiting; find(), forget() from any that may wait for the disk.
// Errors: a record that cannot be written is lost, counted and logged once a minute: a call goes on. kStore from find().
// Limits: Config::waiting records; more are lost, and counted.
// Example:
//   auto keeper = Keeper::open({.folder = data + "/files/evidence", .clock = &clock, .log = log});
//   (*keeper)->keep(std::move(record));
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"
#include "evidence/core/record.h"

namespace carillon::evidence {

class Keeper {
 public:
  struct Config {
    std::string folder;
    const Clock* clock = nullptr;
    std::function<void(std::string)> log = [](const std::string&) {};
    Duration keep = Duration::hours(24) * 90;
    std::size_t waiting = 5000;
  };
  struct Counts {
    std::uint64_t kept = 0, lost = 0;
    std::size_t waiting = 0;
  };

  static Result<std::unique_ptr<Keeper>> open(Config config);
  ~Keeper();  // writes what waits
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  bool keep(Record record);
  // Nothing when none was kept, or it is too old.
  Result<std::optional<Record>> find(WorkspaceId workspace, CallId call);
  // With the customer, or with the call.
  void forget(WorkspaceId workspace, CallId call);
  Counts counts() const;

 private:
  explicit Keeper(Config config) : config_(std::move(config)) {}
  using RecordPtr = std::shared_ptr<const Record>;
  std::string path_of(WorkspaceId workspace, CallId call) const;
  void run();
  Result<void> write(const Record& record) const;
  void remove_old() const;
  void lost(const std::string& why);

  const Config config_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<RecordPtr> waiting_;
  std::unordered_map<CallId, RecordPtr> unwritten_;
  Counts counts_;
  Instant told_at_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::evidence
