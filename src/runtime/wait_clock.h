// WaitClock: a clock on which one can wait, so that tests decide when a deadline comes.
//
// What:   a WaitPoint is a mutex with a condition variable; wait_until() sleeps on it until it is notified, or until
//         the clock reads `until` or later. Wake-ups without cause may happen: callers look again.
// Thread: any. The caller holds the point's mutex around wait_until(), as with a condition variable.
// Example:
//   std::unique_lock held(point->mutex);
//   while (queue.empty() && clock.now() < deadline) clock.wait_until(held, point, deadline);
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/clock.h"

namespace carillon::runtime {

struct WaitPoint {
  std::mutex mutex;
  std::condition_variable changed;
};

class WaitClock : public Clock {
 public:
  // `held` locks point->mutex. An `until` of Instant::never() waits for a notification only.
  virtual void wait_until(std::unique_lock<std::mutex>& held, const std::shared_ptr<WaitPoint>& point,
                          Instant until) = 0;
};

class SystemWaitClock final : public WaitClock {
 public:
  Instant now() const override;
  void wait_until(std::unique_lock<std::mutex>& held, const std::shared_ptr<WaitPoint>& point, Instant until) override;
};

}  // namespace carillon::runtime
