#include "http/net/file_thread.h"

#include <pthread.h>

#include <utility>

namespace carillon::http {

bool FileThread::post(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "http-files");
  }
  jobs_.push_back(std::move(job));
  wake_.notify_one();
  return true;
}

void FileThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void FileThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // destroyed here, not under the lock
    lock.lock();
  }
}

}  // namespace carillon::http
