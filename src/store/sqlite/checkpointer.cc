#include "store/sqlite/checkpointer.h"

#include <pthread.h>
#include <sqlite3.h>

namespace carillon::store::sqlite {
namespace {
constexpr int kTooLong = 4;
constexpr int kFewOf = 32;  // so small a part of the log the writer may copy itself
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
    pass_and_sync();
    lock.lock();
    running_ = false, passed_ = true;
    moved_.notify_all();
  }
}

// A pass that does not reach the log's end leaves the database unsynced, and the writer, who reaches it, would wait for all
// of that. So it is synced here, and what was committed during a long pass is copied by a short one.
void Checkpointer::pass_and_sync() {
  int copied = 0;
  for (int before = -1; copied > before && log_pages_ - copied > begin_pages_ / kFewOf;) {
    before = copied;
    copied = pass(*own_);
    sqlite3_file* file = nullptr;
    sqlite3_file_control(own_->handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file && file->pMethods) file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  }
}

// Answers how many pages of the log are in the database now.
// A failure is not lost: the log stays as it is, and a commit meets the same disk.
int Checkpointer::pass(Connection& connection) {
  int log = 0, copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
  return code == SQLITE_OK ? copied : 0;
}

}  // namespace carillon::store::sqlite
