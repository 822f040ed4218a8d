// The media engine: legs of telephones and browsers, what they hear, what is recorded; one thread for all packets.
//
// What:   every function here makes a command and returns at once; the media thread carries it out and tells what happened as
//         events. Ports and ICE names are taken by the caller, so that an SDP can be written before the media thread knows.
// Owns:   the media thread, the recording thread, sockets, legs, rooms.
// Thread: every function from any thread. `on_events` is called by the media or the recording thread and must not wait; it says
//         that poll() has something.
// Errors: kOverloaded when the mailbox is full, kUnavailable without free ports, kLimit with too many legs. A command for a leg
//         that is gone does nothing.
// Limits: Config. Closing a leg frees its port, rooms and files before its last event is told.
// Example:
//   auto engine = Engine::start({.on_events = wake}).value();
//   SipLeg caller = engine->open_sip({.format = pcmu}).value();     // caller.local goes into the SDP
//   engine->set_remote(caller.id, *address_of_offer, rtp::Latch::Trust::kAnySource);
//   engine->play(caller.id, {.id = 1, .items = {music}, .loop = true});
//   engine->join(room, caller.id, Role::kCustomer);
//   engine->poll([](Event event) { ... });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "voice/media/recording_file.h"
#include "voice/media/words.h"
#include "voice/rtp/latch.h"
#include "voice/webrtc/port.h"
#include "voice/wire/address.h"

namespace carillon::media {

struct LegOptions {
  Format format;
  bool inband_digits = false;
  Duration silent_after = Duration::seconds(10);
  bool v6 = false;        // which of the bound addresses
  bool rtcp_mux = false;  // RTCP on RTP's port
};

struct SipLeg {
  LegId id = 0;
  voice::Endpoint local;  // the address that is bound; a public one is signalling's to write
};

struct BrowserLeg {
  LegId id = 0;
  webrtc::LocalTransport local;
};

struct RecordingOrder {
  std::filesystem::path path;  // must not exist
  RecordingKey key{};
  bool wide = false;          // 16 kHz in 16 bit; else 8 kHz mu-law
  std::vector<LegId> legs;    // one channel each, in this order
  std::uint8_t channels = 0;  // more than legs: for who comes later (record_leg); 0: as many as legs
  Duration silence_after;     // tells RecordingSilent then; one narrow channel only. 0: never
};

class Engine {
 public:
  struct Config {
    voice::IpAddress bind_v4 = voice::IpAddress::v4(0, 0, 0, 0);
    std::optional<voice::IpAddress> bind_v6;
    std::uint16_t first_port = 20000, last_port = 29999;
    std::vector<voice::Endpoint> browsers_bind;    // one for each family; empty: no browsers
    std::vector<voice::Endpoint> browsers_public;  // what browsers are told; empty: as bound
    std::size_t max_legs = 4000;
    std::size_t mailbox = 4096;               // a power of two
    std::size_t recording_buffer = 16 << 20;  // a power of two
    std::function<void()> on_events;
  };
  struct Counts {
    std::uint64_t packets_in = 0, packets_out = 0, refused = 0, late_steps = 0;
    std::uint64_t recording_dropped = 0;
    std::size_t legs = 0, mailbox_depth = 0, ports = 0, recordings = 0;
  };

  static Result<std::unique_ptr<Engine>> start(Config config);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // For legs, rooms, scripts, recordings: never given twice.
  std::uint64_t next_id();

  // -- legs
  Result<SipLeg> open_sip(const LegOptions& options);
  // `remote` and `fingerprint` are the offer's.
  Result<BrowserLeg> open_browser(const LegOptions& options, webrtc::IceCredentials remote,
                                  webrtc::Fingerprint fingerprint);
  Result<BrowserLeg> restart_browser(LegId leg, webrtc::IceCredentials remote);
  Result<void> set_remote(LegId leg, const voice::Endpoint& remote, rtp::Latch::Trust trust);
  Result<void> set_srtp(LegId leg, const webrtc::SrtpKey& ours, const webrtc::SrtpKey& theirs);
  Result<void> set_format(LegId leg, const Format& format);
  Result<void> close(LegId leg);

  // -- who hears whom (stage.h says what each does)
  Result<void> join(RoomId room, LegId leg, Role role, LegId coaches = 0);
  Result<void> leave(LegId leg);
  Result<void> set_role(LegId leg, Role role, LegId coaches = 0);
  Result<void> set_hold(LegId leg, bool hold);
  Result<void> set_mute(LegId leg, bool muted);

  // -- scripts and digits
  Result<void> play(LegId leg, Script script);
  Result<void> stop_script(LegId leg);
  Result<void> send_digits(LegId leg, std::string digits, int ms = 100);
  Result<void> press(LegId leg, char digit);

  // -- recordings. start_recording() makes the file: not for a thread that must not wait for the disk.
  Result<RecordingId> start_recording(RecordingOrder order);
  Result<void> record_leg(RecordingId recording, LegId leg, std::uint8_t channel);
  Result<void> pause_recording(RecordingId recording, bool paused);
  Result<void> stop_recording(RecordingId recording);

  // Gives what happened, in order; returns how many.
  std::size_t poll(const std::function<void(Event)>& take);
  Counts counts() const;

 private:
  struct Parts;
  explicit Engine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::media
