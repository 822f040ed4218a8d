// The evidence of one call: what its telephones said to us by SIP and we to them, how each party sounded, why it was routed as it was.
//
// Why:    "the call was bad", "nobody rang", "who hung up first" are questions that come a day later; rows say what was decided,
//         this says what was seen on the wire and heard.
// Owns:   plain values. Thread: any.
// Limits: Limits below; what was left out is counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "voice/wire/address.h"

namespace carillon::evidence {

struct Limits {
  std::size_t messages = 64;             // of a party: the first half is kept, of the rest the last
  std::size_t message_bytes = 8 * 1024;  // longer ones are cut
  std::size_t samples = 720;  // of a party: an hour; of longer calls every second is dropped, again and again
  std::size_t changes = 64;   // of a party's sound
  std::size_t parties = 64;   // of a call
  std::size_t whys = 16;      // of a call
  std::size_t all_bytes = 64 * 1024 * 1024;  // of messages of all calls at once
};

struct SipMessage {
  Instant at;
  bool sent = false;      // by us
  std::string transport;  // "UDP"
  voice::Endpoint ours, theirs;
  std::string text;  // as on the wire; on disk and outside without secrets, each of the length it had (redact.h)
  bool cut = false;  // it was longer than is kept
  bool operator==(const SipMessage&) const = default;
};

struct QualitySample {
  Instant at;
  double loss_in = 0, loss_out = 0;                            // 0 to 1, since the sample before
  Duration jitter, round_trip;                                 // round_trip 0: not known
  double mos = 0;                                              // 1 to 4.5
  std::uint64_t packets_in = 0, packets_out = 0, lost_in = 0;  // so far
  bool operator==(const QualitySample&) const = default;
};

// "connected", "moved", "closed", "silent", "failed" of a browser; "silent", "heard" of a telephone.
struct SoundChange {
  Instant at;
  std::string what, detail;
  bool operator==(const SoundChange&) const = default;
};

// A telephone with its SIP leg, or a browser.
struct Party {
  LegId leg;        // a telephone's, in the call's row
  WorkerId worker;  // a browser's
  std::vector<SipMessage> messages;
  std::uint64_t messages_left_out = 0;
  std::vector<QualitySample> quality;
  std::vector<SoundChange> changes;
  bool operator==(const Party&) const = default;
};

// Why a task was where it was, at a moment that mattered; `json` is the contract's Why.
struct WhyThen {
  Instant at;
  std::string moment;  // "queued", "accepted"
  std::string json;
  bool operator==(const WhyThen&) const = default;
};

struct Record {
  WorkspaceId workspace;
  CallId call;
  Instant from, until;
  std::vector<Party> parties;
  std::vector<WhyThen> whys;
  bool operator==(const Record&) const = default;
};

}  // namespace carillon::evidence
