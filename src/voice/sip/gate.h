// How much is heard of whom: strangers by their address, failed passwords, calls a second.
//
// Why:    scanners and brute force must cost little and learn nothing; overload is refused before anything suffers.
// Owns:   a table of fixed size (16384 addresses, v6 by /64); who was not heard of for longest makes room. No scan.
// Thread: that of the stack.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "voice/sip/entropy.h"
#include "voice/sip/settings.h"

namespace carillon::voice::sip {

class Gate {
 public:
  explicit Gate(Entropy& entropy) : key_(entropy.seed()) {}

  // May a message of this stranger be looked at?
  bool admit(Instant now, const IpAddress& ip, const Admission& rules);
  // How many were not, since it was told last; nothing when there are none, or a minute has not passed.
  std::optional<std::uint64_t> unheard(Instant now, const IpAddress& ip);
  // A wrong password. The time of silence when that was one too many.
  std::optional<Duration> failed(Instant now, const IpAddress& ip, const Admission& rules);
  void succeeded(Instant now, const IpAddress& ip);
  // May one more call come in at this moment?
  bool admit_call(Instant now, const Admission& rules);

 private:
  static constexpr std::size_t kSets = 4096, kWays = 4;
  struct Entry {
    IpAddress ip;
    Instant seen, deaf_until;
    std::int64_t tokens_us = 0;  // each message costs 1e6 / rate
    std::uint32_t failures = 0;
    std::uint32_t strikes = 0;
    std::uint64_t unheard = 0;  // messages dropped since told_at
    Instant told_at;
  };
  Entry& entry_of(Instant now, IpAddress ip, const Admission* rules);

  Seed key_;
  std::vector<std::array<Entry, kWays>> sets_{kSets};
  std::int64_t call_credit_us_ = 0;
  Instant call_seen_;
};

}  // namespace carillon::voice::sip
