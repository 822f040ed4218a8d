// MESSAGE-INTEGRITY of STUN (RFC 8489 section 14.5): HMAC-SHA1 with the short-term password.
//
// Thread: any.
// Example:
//   if (!integrity_holds(message, datagram, password)) return;
//   seal(answer, password);   // adds MESSAGE-INTEGRITY and FINGERPRINT
#pragma once

#include <string>
#include <string_view>

#include "voice/webrtc/stun/stun.h"

namespace carillon::webrtc {

// False too when the message has none. `datagram` is what `message` was parsed from. Compares in constant time.
bool integrity_holds(const stun::Message& message, stun::Bytes datagram, std::string_view password);

void seal(stun::Writer& out, std::string_view password);

// Random letters and digits for ICE (RFC 8839 section 5.4 allows these and + /); six bits of chance each.
std::string random_ice_text(std::size_t length);

}  // namespace carillon::webrtc
