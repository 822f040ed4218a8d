#include "door/pool.h"

#include <pthread.h>

namespace carillon::door {

Pool::Pool(int threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this, i] {
      pthread_setname_np(pthread_self(), ("pool-" + std::to_string(i)).c_str());
      run();
    });
  }
}

Pool::~Pool() { stop(); }

bool Pool::post(std::function<void()> work) {
  {
    std::lock_guard held(mutex_);
    if (stopping_ || waiting_.size() >= most_waiting_) {
      ++refused_;
      return false;
    }
    waiting_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void Pool::stop() {
  {
    std::lock_guard held(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Pool::waiting() const {
  std::lock_guard held(mutex_);
  return waiting_.size();
}

std::uint64_t Pool::refused() const {
  std::lock_guard held(mutex_);
  return refused_;
}

void Pool::run() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock held(mutex_);
      wake_.wait(held, [&] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

}  // namespace carillon::door
