#include "runtime/testing/manual_clock.h"

#include <algorithm>

namespace carillon::runtime::testing {

void ManualClock::wait_until(std::unique_lock<std::mutex>& held, const std::shared_ptr<WaitPoint>& point,
                             Instant until) {
  {
    // Taken before the clock is read, so that a set() in between either is seen or wakes us: set() takes the point's
    // mutex, which we hold until we sleep.
    std::lock_guard list(mutex_);
    std::erase_if(waiting_, [&](const auto& one) { return one.expired() || one.lock() == point; });
    waiting_.push_back(point);
  }
  if (now() >= until) return;
  point->changed.wait(held);
}

void ManualClock::set(Instant at) {
  us_ = at.us;
  std::vector<std::weak_ptr<WaitPoint>> waiting;
  {
    std::lock_guard list(mutex_);
    waiting = waiting_;
  }
  for (const auto& one : waiting) {
    if (auto point = one.lock()) {
      std::lock_guard held(point->mutex);
      point->changed.notify_all();
    }
  }
}

}  // namespace carillon::runtime::testing
