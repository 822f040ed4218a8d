#include "users/backoff.h"

#include <algorithm>

#include "users/rules.h"

namespace carillon::users {
namespace {

std::string name_key(std::string_view username) { return folded(username); }
// A line break stands in no username.
std::string pair_key(std::string_view username, std::string_view address) {
  return folded(username) + "\n" + std::string(address);
}

}  // namespace

Duration Backoff::wait(const Entry& entry, const BackoffRule& rule, Instant now) {
  if (entry.attempts < rule.free) return {};
  const std::int64_t doublings = std::min<std::int64_t>(entry.attempts - rule.free, 30);
  const Duration pause = std::min(rule.most, rule.first * (std::int64_t{1} << doublings));
  return std::max(Duration{}, entry.last + pause - now);
}

Backoff::Entry& Backoff::touch(const std::string& key, Instant now) {
  const auto found = places_.find(key);
  if (found != places_.end()) {
    entries_.splice(entries_.end(), entries_, found->second);
    if (now - found->second->last >= kForgotten) found->second->attempts = 0;
    return *found->second;
  }
  if (places_.size() >= kMost) {
    places_.erase(entries_.front().key);
    entries_.pop_front();
  }
  entries_.push_back({key, 0, now});
  places_.emplace(key, std::prev(entries_.end()));
  return entries_.back();
}

std::optional<Duration> Backoff::begin(std::string_view username, std::string_view address, Instant now) {
  std::lock_guard held(mutex_);
  Entry& name = touch(name_key(username), now);
  Entry& pair = touch(pair_key(username, address), now);
  const Duration longest = std::max(wait(name, kName, now), wait(pair, kPair, now));
  if (longest > Duration{}) return longest;
  for (Entry* one : {&name, &pair}) ++one->attempts, one->last = now;
  return std::nullopt;
}

void Backoff::succeeded(std::string_view username, std::string_view address) {
  std::lock_guard held(mutex_);
  for (const std::string& key : {name_key(username), pair_key(username, address)}) {
    const auto found = places_.find(key);
    if (found == places_.end()) continue;
    entries_.erase(found->second);
    places_.erase(found);
  }
}

std::size_t Backoff::size() const {
  std::lock_guard held(mutex_);
  return places_.size();
}

}  // namespace carillon::users
