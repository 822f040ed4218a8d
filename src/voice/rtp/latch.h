// Where a leg's packets come from and go to: symmetric RTP that latches once.
//
// Why:    behind a NAT the address in SDP is not the one that packets come from, so the first source is believed; believing
//         later ones too would let anybody who guesses a port take over the call.
// What:   accept() says whether a packet is taken and remembers the first source; target() is where to send. expect() is
//         called when authenticated signalling names an address: only then may the source change again.
// Thread: one; pure.
// Example:
//   latch.expect(*address_from_sdp, Latch::Trust::kAnySource);
//   if (!latch.accept(from)) return;   // somebody else's packet
#pragma once

#include <cstdint>

#include "voice/wire/address.h"

namespace carillon::rtp {

class Latch {
 public:
  enum class Trust {
    kAnySource,  // the peer may be behind a NAT: the first packet decides
    kSameHost,   // the signalled IP address, any port
    kExact,      // what was signalled and nothing else
  };

  // What signalling says. A repeated offer with the same address does not open the latch again.
  void expect(const voice::Endpoint& signalled, Trust trust) {
    if (signalled == signalled_ && trust == trust_) return;
    signalled_ = signalled;
    trust_ = trust;
    latched_ = false;
    target_ = signalled;
  }

  bool accept(const voice::Endpoint& from) {
    if (latched_) {
      if (from == target_) return true;
      return ++refused_, false;
    }
    const bool fits =
        trust_ == Trust::kAnySource || (trust_ == Trust::kSameHost && from.ip == signalled_.ip) || from == signalled_;
    if (!fits) return ++refused_, false;
    latched_ = true;
    target_ = from;
    return true;
  }

  const voice::Endpoint& target() const { return target_; }
  bool latched() const { return latched_; }
  std::uint64_t refused() const { return refused_; }

 private:
  voice::Endpoint signalled_;
  voice::Endpoint target_;
  Trust trust_ = Trust::kExact;
  bool latched_ = false;
  std::uint64_t refused_ = 0;
};

}  // namespace carillon::rtp
