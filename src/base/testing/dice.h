// Dice: repeatable random numbers for tests, simulators and benchmarks.
//
// What:    splitmix64 from one seed; the same seed throws the same numbers on every machine.
// Why:     a failing run is named by one number and replays exactly; <random>'s distributions differ between libraries.
// Thread:  one at a time.
// Limits:  not for secrets.
// Example:
//   Dice dice(seed);
//   if (dice.chance(0.1)) jump(Duration::seconds(dice.between(1, 60)));
//   Duration next = dice.exponential(Duration::seconds(60));
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "base/ids.h"
#include "base/time.h"

namespace carillon {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 .. n-1; n must not be 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  // Both ends are possible.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  // In [0, 1), 53 bits.
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return fraction() < probability; }
  Duration exponential(Duration mean) {
    return Duration::micros(std::llround(-std::log1p(-fraction()) * static_cast<double>(mean.us)));
  }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  Seed seed() {
    const std::uint64_t hi = next();
    return {hi, next()};
  }

 private:
  std::uint64_t state_;
};

}  // namespace carillon
