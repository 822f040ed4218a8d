#include "runtime/seeds.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"
#include "base/clock.h"

namespace carillon::runtime {

Seed SystemSeeds::next() {
  std::lock_guard held(mutex_);
  if (left_ == 0) {
    // getrandom() gives at most 256 bytes in one piece without being interrupted by a signal.
    auto* bytes = reinterpret_cast<unsigned char*>(block_.data());
    for (std::size_t done = 0; done < sizeof block_;) {
      const ssize_t got = ::getrandom(bytes + done, sizeof block_ - done, 0);
      CARILLON_CHECK(got > 0 || errno == EINTR);
      if (got > 0) done += static_cast<std::size_t>(got);
    }
    left_ = block_.size();
  }
  // Seconds first (see IdMaker), until 2106; 96 bits are random.
  const auto seconds = static_cast<std::uint64_t>(SystemClock().now().us / 1'000'000);
  Seed seed = block_[--left_];
  seed.hi = seconds << 32 | (seed.hi & 0xffff'ffffULL);
  return seed;
}

}  // namespace carillon::runtime
