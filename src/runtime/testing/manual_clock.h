// ManualClock: time stands still until a test moves it; whoever waits on it is woken then.
//
// Thread: any.
// Example:
//   ManualClock clock;
//   clock.advance(Duration::seconds(30));
#pragma once

#include <atomic>
#include <vector>

#include "runtime/wait_clock.h"

namespace carillon::runtime::testing {

class ManualClock final : public WaitClock {
 public:
  explicit ManualClock(Instant start = Instant{1'800'000'000'000'000}) : us_(start.us) {}
  Instant now() const override { return {us_.load()}; }
  void wait_until(std::unique_lock<std::mutex>& held, const std::shared_ptr<WaitPoint>& point, Instant until) override;
  void advance(Duration by) { set(now() + by); }
  void set(Instant at);

 private:
  std::atomic<std::int64_t> us_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<WaitPoint>> waiting_;
};

}  // namespace carillon::runtime::testing
