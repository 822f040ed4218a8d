#include "store/sqlite/checkpointer.h"

#include <pthread.h>
#include <sqlite3.h>

namespace carillon::store::sqlite {
namespace {
constexpr int kTooLong = 4;
}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> own, Connection& writers, int begin_pages)
    : own_(std::move(own)), writers_(writers), begin_pages_(begin_pages), next_pages_(begin_pages) {
  sqlite3_wal_hook(writers_.handle(), &Checkpointer::on_commit, this);
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "checkpoints");
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(writers_.handle(), nullptr, nullptr);
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    moved_.notify_all();
  }
  thread_.join();
}

int Checkpointer::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<Checkpointer*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

void Checkpointer::before_commit() {
  {
    std::unique_lock lock(mutex_);
    if (log_pages_ >= kTooLong * begin_pages_) moved_.wait(lock, [&] { return !wanted_ && !running_; });
    if (!passed_) return;
    passed_ = false;
  }
  // After this the next transaction begins the log anew, unless a reader still needs it.
  pass(writers_);
  next_pages_ = log_pages_ + begin_pages_;
}

void Checkpointer::after_commit() {
  if (log_pages_ < begin_pages_) next_pages_ = begin_pages_;
  if (log_pages_ < next_pages_) return;
  std::lock_guard lock(mutex_);
  if (wanted_ || running_ || passed_) return;
  wanted_ = true;
  moved_.notify_all();
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    moved_.wait(lock, [&] { return wanted_ || ending_; });
    if (ending_) return;
    wanted_ = false, running_ = true;
    lock.unlock();
    pass(*own_);
    lock.lock();
    running_ = false, passed_ = true;
    moved_.notify_all();
  }
}

// A failure is not lost: the log stays as it is, and a commit meets the same disk.
void Checkpointer::pass(Connection& connection) {
  sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace carillon::store::sqlite
