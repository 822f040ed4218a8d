// Backoff: slows down whoever tries passwords of one username.
//
// What:    counts attempts that have not succeeded, by username and address, and by username alone with far more patience, so
//          that a stranger elsewhere can slow somebody's sign-in but hardly keep them out. Beyond the free attempts each one
//          must wait, twice as long every time, up to a limit. Names that nobody has are treated alike.
// Why:     the rate class of the contract bounds an address; this bounds a name tried from many.
// Owns:    a table of bounded size; who was quiet longest is forgotten first. Thread: any; one short lock.
// Limits:  20,000 names and pairs; all is forgotten an hour after the last attempt, and with a restart.
// Example:
//   if (auto wait = backoff.begin(username, address, now)) return too_many(*wait);
//   if (matches) backoff.succeeded(username, address);
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace carillon::users {

struct BackoffRule {
  std::int64_t free = 5;
  Duration first = Duration::seconds(1);
  Duration most = Duration::minutes(15);
};

class Backoff {
 public:
  Backoff() = default;

  // Counts an attempt that is about to be made. A duration: refused, come back after it; nothing was counted.
  std::optional<Duration> begin(std::string_view username, std::string_view address, Instant now);
  // The password was right: the attempts are forgiven.
  void succeeded(std::string_view username, std::string_view address);
  std::size_t size() const;

 private:
  struct Entry {
    std::string key;
    std::int64_t attempts = 0;
    Instant last;
  };
  using Place = std::list<Entry>::iterator;

  Entry& touch(const std::string& key, Instant now);
  static Duration wait(const Entry& entry, const BackoffRule& rule, Instant now);

  static constexpr BackoffRule kPair{};
  static constexpr BackoffRule kName{.free = 50, .first = Duration::seconds(1), .most = Duration::seconds(30)};
  static constexpr std::size_t kMost = 20'000;
  static constexpr Duration kForgotten = Duration::hours(1);

  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // touched longest ago first
  std::unordered_map<std::string, Place> places_;
};

}  // namespace carillon::users
