#include "voice/sip/gate.h"

#include <algorithm>
#include <utility>

namespace carillon::voice::sip {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr Duration kMostDeaf = Duration::hours(24), kForget = Duration::minutes(10), kTellEvery = Duration::minutes(1);

// Ten seconds of its rate at once.
constexpr std::int64_t kBurst = 10 * kSecond;

}  // namespace

Gate::Entry& Gate::entry_of(Instant now, IpAddress ip, const Admission* rules) {
  if (ip.is_v6()) std::fill(ip.bytes.begin() + 8, ip.bytes.end(), std::uint8_t{0});
  const std::string_view bytes(reinterpret_cast<const char*>(ip.bytes.data()), ip.bytes.size());
  auto& set = sets_[sip_hash(key_, bytes) % kSets];
  Entry* oldest = &set[0];
  for (Entry& entry : set) {
    if (entry.ip == ip) return entry;
    // Who must not be heard stays known as long as others can go.
    const bool sooner =
        (entry.deaf_until > now) != (oldest->deaf_until > now) ? oldest->deaf_until > now : entry.seen < oldest->seen;
    if (sooner) oldest = &entry;
  }
  *oldest = Entry();
  oldest->ip = ip;
  oldest->seen = now;
  if (rules != nullptr) oldest->tokens_us = kBurst;
  return *oldest;
}

bool Gate::admit(Instant now, const IpAddress& ip, const Admission& rules) {
  Entry& entry = entry_of(now, ip, &rules);
  ++entry.unheard;  // until it is admitted
  if (entry.deaf_until > now) return false;
  entry.tokens_us = std::min(kBurst, entry.tokens_us + (now - entry.seen).us);
  entry.seen = now;
  const std::int64_t cost = kSecond / std::max<std::int64_t>(rules.unknown_per_second, 1);
  if (entry.tokens_us < cost) return false;
  entry.tokens_us -= cost;
  --entry.unheard;
  return true;
}

std::optional<std::uint64_t> Gate::unheard(Instant now, const IpAddress& ip) {
  Entry& entry = entry_of(now, ip, nullptr);
  if (entry.unheard == 0 || (entry.told_at.us != 0 && now - entry.told_at < kTellEvery)) return std::nullopt;
  entry.told_at = now;
  return std::exchange(entry.unheard, 0);
}

std::optional<Duration> Gate::failed(Instant now, const IpAddress& ip, const Admission& rules) {
  Entry& entry = entry_of(now, ip, &rules);
  if (++entry.failures < rules.failures) return std::nullopt;
  entry.failures = 0;
  const Duration silence =
      std::min(rules.deaf * (std::int64_t{1} << std::min<std::uint32_t>(entry.strikes, 20)), kMostDeaf);
  ++entry.strikes;
  entry.deaf_until = now + silence;
  return silence;
}

void Gate::succeeded(Instant now, const IpAddress& ip) {
  Entry& entry = entry_of(now, ip, nullptr);
  entry.failures = 0;
  // An old sin of another device behind the same address fades.
  if (now - entry.deaf_until > kForget) entry.strikes = 0;
}

bool Gate::admit_call(Instant now, const Admission& rules) {
  const std::int64_t most = kSecond;  // a second's calls at once
  call_credit_us_ = std::min(most, call_credit_us_ + (call_seen_.us == 0 ? most : (now - call_seen_).us));
  call_seen_ = now;
  const std::int64_t cost = kSecond / std::max<std::int64_t>(rules.calls_per_second, 1);
  if (call_credit_us_ < cost) return false;
  call_credit_us_ -= cost;
  return true;
}

}  // namespace carillon::voice::sip
