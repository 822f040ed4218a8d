// The words of the media engine: legs, rooms, formats, roles, events.
//
// Thread: values; made and read anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/time.h"
#include "voice/media/codec.h"
#include "voice/media/script.h"

namespace carillon::media {

// Given by Engine::next_id() (or a test); never used twice. 0 is none.
using LegId = std::uint64_t;
using RoomId = std::uint64_t;
using RecordingId = std::uint64_t;

// What an answered SDP says of one leg's audio.
struct Format {
  Codec codec = Codec::kPcmu;
  std::uint8_t payload_type = 0;
  int event_payload_type = -1;  // telephone-event at the codec's clock rate; -1: digits go in band
  bool send = true;             // we may send (sendrecv, or recvonly on their side)
  bool receive = true;
  // What the peer sends with; -1: the same numbers (RFC 3264 section 6.1 lets an answer have its own).
  int receive_payload_type = -1;
  int receive_event_payload_type = -1;
  int payload_in() const { return receive_payload_type < 0 ? payload_type : receive_payload_type; }
  int event_payload_in() const {
    return receive_event_payload_type < 0 ? event_payload_type : receive_event_payload_type;
  }
  bool operator==(const Format&) const = default;
};

enum class Role : std::uint8_t {
  kCustomer,
  kAgent,
  kCoach,     // hears all; heard by the agents only, or by one leg
  kListener,  // hears all, heard by nobody
};
constexpr bool talks(Role role) { return role == Role::kCustomer || role == Role::kAgent; }

// A key, by RFC 4733, in band, or told by SIP INFO.
struct DigitPressed {
  LegId leg = 0;
  char digit = 0;
};
struct ScriptEnded {
  LegId leg = 0;
  ScriptOutcome outcome;
};
// No packet for as long as the leg's configuration allows; told again after each such time, and who comes into a room has it
// anew.
struct PeerSilent {
  LegId leg = 0;
  Duration since;
};
struct PeerHeard {
  LegId leg = 0;  // the first packet, and the first after PeerSilent
};
struct Quality {
  LegId leg = 0;
  double loss_in = 0, loss_out = 0;  // 0 to 1, of the last interval
  Duration jitter;
  Duration round_trip;  // 0 when not known
  double mos = 0;
  std::uint64_t packets_in = 0, packets_out = 0, lost_in = 0;
  bool last = false;  // the leg is closed
};
enum class Transport { kConnected, kMoved, kClosed, kSilent, kFailed };
// Of a browser's leg.
struct TransportChanged {
  LegId leg = 0;
  Transport state = Transport::kConnected;
  std::string reason;
};
struct RecordingDone {
  RecordingId recording = 0;
  bool whole = true;  // false: `fault` says what is missing and why
  std::string fault;
  std::string path;
  std::uint64_t bytes = 0;  // of the file
  Duration length;
  std::string sha256;  // of the file as it lies there, hex
};
// Nobody has spoken for as long as the order said; told once. heard: somebody did before.
struct RecordingSilent {
  RecordingId recording = 0;
  bool heard = false;
};
using Event = std::variant<DigitPressed, ScriptEnded, PeerSilent, PeerHeard, Quality, TransportChanged, RecordingDone,
                           RecordingSilent>;

}  // namespace carillon::media
