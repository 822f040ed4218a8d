// Rate limits: a token bucket for each (class, key), in a table of bounded size.
//
// What:   classes are defined at start; keys come from requests (an address, a user, a widget). The table forgets the key that was
//         used longest ago when it is full: an attacker with many addresses gains fresh buckets, never our memory.
// Thread: refuse() from any thread (one short lock); define() before the first use.
// Limits: `max_keys` over all classes.
// Example:
//   RateLimiter limiter(clock, 65536);
//   limiter.define("login", {.per_second = 0.2, .burst = 10});
//   if (auto wait = limiter.refuse("login", address)) ... 429, Retry-After: wait
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/parse/token_bucket.h"

namespace carillon::http {

class RateLimiter {
 public:
  explicit RateLimiter(const Clock& clock, std::size_t max_keys = 65536);
  ~RateLimiter();
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  void define(std::string_view rate_class, RateRule rule);
  // Takes a token. Nothing: go on. Else: refused, and how long to wait. A class that was not defined refuses nothing.
  std::optional<Duration> refuse(std::string_view rate_class, std::string_view key);
  std::size_t keys() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace carillon::http
