#include "door/hub_thread.h"

#include <pthread.h>

#include <chrono>

namespace carillon::door {

namespace {
constexpr std::size_t kMostPosted = 100'000;
}

void HubThread::start(const char* name, Rounds rounds) {
  thread_ = std::thread([this, name, rounds = std::move(rounds)] {
    pthread_setname_np(pthread_self(), name);
    run(rounds);
  });
}

void HubThread::stop() {
  {
    std::lock_guard held(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void HubThread::post(std::function<void()> work) {
  {
    std::lock_guard held(mutex_);
    if (stopping_) return;
    posted_.push_back(std::move(work));
    if (posted_.size() > 1) return;  // the thread is on its way
  }
  wake_.notify_one();
}

void HubThread::run(const Rounds& rounds) {
  std::deque<std::function<void()>> work;
  for (;;) {
    {
      std::unique_lock held(mutex_);
      wake_.wait_for(held, std::chrono::milliseconds(500), [&] { return stopping_ || !posted_.empty(); });
      if (stopping_) break;
      std::swap(work, posted_);
    }
    if (work.size() > kMostPosted) rounds.too_many();
    for (auto& one : work) one();
    work.clear();
    rounds.round();
  }
  rounds.end();
}

}  // namespace carillon::door
