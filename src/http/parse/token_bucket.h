// A token bucket: `burst` tokens at most, refilled at `per_second`.
//
// Thread: one at a time. Pure: the caller brings the time.
#pragma once

#include "base/time.h"

namespace carillon::http {

struct RateRule {
  double per_second = 10;
  double burst = 20;
};

class TokenBucket {
 public:
  TokenBucket() = default;
  TokenBucket(RateRule rule, Instant now) : rule_(rule), tokens_(rule.burst), at_(now) {}

  // Takes one token if there is one. A clock that goes back gives nothing and takes nothing.
  bool take(Instant now);
  // How long from `now` until a token is there; zero when there is one.
  Duration wait(Instant now) const;

 private:
  void refill(Instant now);

  RateRule rule_;
  double tokens_ = 0;
  Instant at_;
};

}  // namespace carillon::http
