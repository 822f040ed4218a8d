#include "http/parse/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace carillon::http {

void TokenBucket::refill(Instant now) {
  if (now > at_) tokens_ = std::min(rule_.burst, tokens_ + (now - at_).in_seconds() * rule_.per_second);
  at_ = now;
}

bool TokenBucket::take(Instant now) {
  refill(now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

Duration TokenBucket::wait(Instant now) const {
  TokenBucket then = *this;
  then.refill(now);
  if (then.tokens_ >= 1) return {};
  if (rule_.per_second <= 0) return Duration::hours(1);
  const double seconds = std::min((1 - then.tokens_) / rule_.per_second, 3600.0);
  return Duration::micros(static_cast<std::int64_t>(std::ceil(seconds * 1e6)));
}

}  // namespace carillon::http
