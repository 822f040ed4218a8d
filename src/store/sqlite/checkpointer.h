// Checkpointer: copies SQLite's log back into the database beside the commits, not within them.
//
// What:   a thread of its own with a connection of its own makes passive checkpoints, which writers do not wait for.
//         Under steady load a passive one never reaches the log's end, so that the log could never be used again from
//         its start; therefore the writer itself does the small rest, when a pass has just left little to do.
// Why:    SQLite's automatic checkpoint runs inside the commit that trips it: with a large log that is a stall of
//         hundreds of milliseconds.
// Thread: before_commit() and after_commit() from the writer's thread; the pass runs on its own.
// Limits: when the log is four times as long as it should be, the writer waits for the pass: the load is more than the
//         disk can take.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.h"

namespace carillon::store::sqlite {

class Checkpointer {
 public:
  Checkpointer(std::unique_ptr<Connection> own, Connection& writers, int begin_pages);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  void before_commit();
  void after_commit();

 private:
  static int on_commit(void* self, sqlite3*, const char*, int pages);
  void run();
  void pass_and_sync();
  static int pass(Connection& connection);

  const std::unique_ptr<Connection> own_;
  Connection& writers_;
  const int begin_pages_;

  std::atomic<int> log_pages_{0};  // the log's length after the last commit
  int next_pages_ = 0;             // of the writer's thread: the length at which the next pass begins

  std::mutex mutex_;
  std::condition_variable moved_;
  bool wanted_ = false;
  bool running_ = false;
  bool passed_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace carillon::store::sqlite
