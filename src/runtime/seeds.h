// SeedSource: where the 128 bits of a journal entry come from.
//
// Why:    everything random in a decision derives from the entry's seed, so this is the one place where the world's
//         randomness enters, and tests replace it.
// Thread: next() from any thread.
// Example:
//   SystemSeeds seeds;
//   Seed seed = seeds.next();
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "base/ids.h"

namespace carillon::runtime {

class SeedSource {
 public:
  virtual ~SeedSource() = default;
  virtual Seed next() = 0;
};

// The clock's seconds (32 bits, see IdMaker) and the kernel's random numbers, drawn in blocks. Aborts when the kernel has none: nothing safe could be done then.
class SystemSeeds final : public SeedSource {
 public:
  Seed next() override;

 private:
  std::mutex mutex_;
  std::array<Seed, 128> block_;
  std::size_t left_ = 0;
};

// 1, 2, 3, ...: for tests and replays of a run.
class CountingSeeds final : public SeedSource {
 public:
  explicit CountingSeeds(std::uint64_t start = 0) : at_(start) {}
  Seed next() override {
    std::lock_guard held(mutex_);
    ++at_;
    return {at_ * 0x9e3779b97f4a7c15ULL, at_};
  }

 private:
  std::mutex mutex_;
  std::uint64_t at_;
};

}  // namespace carillon::runtime
