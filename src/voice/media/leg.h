// One leg: what came in, what goes out, and the parts it needs just now. Internal to Stage.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "voice/media/inband.h"
#include "voice/media/pipes.h"
#include "voice/media/recording_ring.h"
#include "voice/media/script.h"
#include "voice/media/words.h"
#include "voice/rtp/statistics.h"
#include "voice/rtp/telephone_event.h"

namespace carillon::media {

struct Room;

struct LegConfig {
  LegId id = 0;
  Format format;
  bool inband_digits = false;                     // G.711 only; costs a filter bank a packet
  Duration silent_after = Duration::seconds(10);  // when PeerSilent is told
  std::uint32_t ssrc = 0;                         // of what we send; a random number
  std::uint16_t first_sequence = 0;               // the same
};

// Numbers of what we send. Relayed packets keep the other side's rhythm, moved by two offsets, so that loss stays visible.
struct OutStream {
  std::uint32_t ssrc = 0;
  std::uint16_t next_sequence = 0;
  std::uint32_t timestamp = 0;  // of the last packet
  Instant at;                   // when it was sent
  bool any = false;
  LegId source = 0;  // whose packets are relayed; 0: ours
  std::uint32_t source_ssrc = 0;
  std::uint16_t sequence_offset = 0;
  std::uint32_t timestamp_offset = 0;
  std::uint64_t packets = 0, bytes = 0, packets_reported = 0;
};

struct RecordingTap {
  RecordingRing* ring = nullptr;
  RecordingId recording = 0;
  std::uint8_t channel = 0;
  bool paused = false;
};

struct Leg {
  Leg(const LegConfig& c, void* t) : config(c), transport(t), stats(clock_rate_of(c.format.codec)) {
    out.ssrc = c.ssrc;
    out.next_sequence = c.first_sequence;
  }
  const Format& format() const { return config.format; }
  // While a script collects in secret, and half a second longer (the last key is still being pressed): nobody hears this leg, no
  // digit of it is told or passed on, and none of it is recorded.
  bool keeps_secret(Instant now) const { return (player && player->script().secret) || now < secret_until; }

  LegConfig config;
  void* transport;        // the host's; Stage hands it back
  bool sendable = false;  // the host knows where to send
  Room* room = nullptr;
  Role role = Role::kAgent;
  LegId coaches = 0;  // a coach's only listener; 0: all agents
  bool hold = false, muted = false;
  bool heard = true;  // somebody hears this leg, or it is alone: what nobody hears is not recorded

  rtp::ReceiverStatistics stats;
  std::uint32_t ssrc_in = 0;
  bool any_in = false;
  Instant made, heard_at;
  Instant watched_from;     // what is counted as silence begins here at the earliest
  bool watch_anew = false;  // it came into a room
  bool silent_told = false;
  OutStream out;
  rtp::EventReceiver events_in;
  rtp::EventSender events_out;
  std::uint32_t event_clock = 0;
  std::unique_ptr<InbandDigits> inband;
  std::unique_ptr<Player> player;
  std::unique_ptr<Ear> ear;
  std::unique_ptr<Mouth> mouth;
  RecordingTap tap;

  std::array<std::int16_t, kMaxFrame> frame{};  // what it said in this step
  bool sounded = false;
  double loss_out = 0;
  Duration round_trip;
  int report_step = 0;
  Instant secret_until;  // digits and sound are kept from others until then
};

}  // namespace carillon::media
