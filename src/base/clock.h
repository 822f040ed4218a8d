// The clock as an interface: the only way to learn what time it is.
//
// Thread: now() from any thread.
// Example:
//   SystemClock clock;  Instant now = clock.now();
//   FakeClock fake;     fake.advance(Duration::seconds(5));
#pragma once

#include <atomic>

#include "base/time.h"

namespace carillon {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start = Instant{1'800'000'000'000'000}) : us_(start.us) {}
  Instant now() const override { return {us_.load()}; }
  void set(Instant at) { us_ = at.us; }
  void advance(Duration by) { us_ += by.us; }

 private:
  std::atomic<std::int64_t> us_;
};

}  // namespace carillon
