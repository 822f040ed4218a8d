// What all parts of the stack share: time of this call, settings, randomness, timers, outputs.
//
// Why:    the parts are one state machine; `now` is set once when the host calls in.
// Thread: that of the stack.
#pragma once

#include "voice/sip/entropy.h"
#include "voice/sip/events.h"
#include "voice/sip/hashes.h"
#include "voice/sip/settings.h"
#include "voice/sip/timers.h"

namespace carillon::voice::sip {

struct Context {
  Settings settings;
  const Hashes& hashes;
  Entropy entropy;
  Timers timers;
  Outputs out;
  Instant now;

  TimerId arm(Duration after, TimerKind kind, Handle who) { return timers.arm(now + after, {kind, who}); }
};

// Whom a request was sent for.
enum class OwnerKind : std::uint8_t { kNobody, kLegInvite, kLegRequest, kLegAck, kTrunkRegister, kTrunkPing };
struct Owner {
  OwnerKind kind = OwnerKind::kNobody;
  Handle who;
  std::uint32_t note = 0;  // the owner's own
};

}  // namespace carillon::voice::sip
