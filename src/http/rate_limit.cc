#include "http/rate_limit.h"

#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

namespace carillon::http {

struct RateLimiter::State {
  struct Entry {
    std::string key;  // class, U+0000, key
    TokenBucket bucket;
  };

  State(const Clock& c, std::size_t max) : clock(c), max_keys(max) {}

  // Given: outlives us.
  const Clock& clock;
  const std::size_t max_keys;

  mutable std::mutex mutex;
  std::map<std::string, RateRule, std::less<>> rules;
  std::list<Entry> by_use;                                                  // used last first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;  // views into by_use
};

RateLimiter::RateLimiter(const Clock& clock, std::size_t max_keys)
    : state_(std::make_unique<State>(clock, std::max<std::size_t>(max_keys, 1))) {}
RateLimiter::~RateLimiter() = default;

void RateLimiter::define(std::string_view rate_class, RateRule rule) {
  const std::lock_guard lock(state_->mutex);
  state_->rules[std::string(rate_class)] = rule;
}

std::optional<Duration> RateLimiter::refuse(std::string_view rate_class, std::string_view key) {
  const Instant now = state_->clock.now();
  const std::lock_guard lock(state_->mutex);
  const auto rule = state_->rules.find(rate_class);
  if (rule == state_->rules.end()) return std::nullopt;
  std::string name;
  name.reserve(rate_class.size() + 1 + key.size());
  name.append(rate_class).push_back('\0');
  name.append(key.substr(0, 256));
  const auto known = state_->by_key.find(name);
  if (known != state_->by_key.end()) {
    state_->by_use.splice(state_->by_use.begin(), state_->by_use, known->second);
  } else {
    if (state_->by_use.size() >= state_->max_keys) {
      state_->by_key.erase(state_->by_use.back().key);
      state_->by_use.pop_back();
    }
    state_->by_use.push_front({std::move(name), TokenBucket(rule->second, now)});
    state_->by_key.emplace(state_->by_use.front().key, state_->by_use.begin());
  }
  TokenBucket& bucket = state_->by_use.front().bucket;
  if (bucket.take(now)) return std::nullopt;
  return bucket.wait(now);
}

std::size_t RateLimiter::keys() const {
  const std::lock_guard lock(state_->mutex);
  return state_->by_use.size();
}

}  // namespace carillon::http
