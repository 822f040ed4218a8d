#include "runtime/wait_clock.h"

#include <algorithm>
#include <chrono>

namespace carillon::runtime {

Instant SystemWaitClock::now() const { return SystemClock().now(); }

void SystemWaitClock::wait_until(std::unique_lock<std::mutex>& held, const std::shared_ptr<WaitPoint>& point,
                                 Instant until) {
  // Some seconds at most, so that a wall clock set forward is noticed, however far the deadline is.
  constexpr std::int64_t kMost = Duration::seconds(5).us;
  const std::int64_t left = until.is_never() ? kMost : std::min(kMost, (until - now()).us);
  if (left > 0) point->changed.wait_for(held, std::chrono::microseconds(left));
}

}  // namespace carillon::runtime
