// Who hears whom: the engine without sockets, threads and clock. It is driven packet by packet and step by step.
//
// What:   legs stand alone or in rooms. Two parties of one codec in a room are relayed packet by packet, undecoded; any other room
//         is mixed, each listener hearing all but itself. A leg that plays a script hears it in place of its room. A leg on hold
//         neither hears its room nor is heard.
// Why:    mixing, whisper, hold, digits and recording are tested by measuring sound, with no port open.
// Owns:   legs and rooms. Taps and transports belong to the host.
// Thread: one. on_rtp() and tick() never lock or wait, and allocate only to tell an event; commands may allocate.
// Errors: a command that names a leg or room that is gone does nothing: it died while the command was on its way.
// Limits: kMaxMembers in a room.
// Example:
//   Stage stage(host);
//   stage.add_leg({.id = 1, .format = pcmu}, transport, now);
//   stage.join(room, 1, Role::kCustomer);  stage.join(room, 2, Role::kAgent);
//   stage.on_rtp(*stage.find(1), buffer, size, now);   // -> host.send_rtp for leg 2
//   every 20 ms: stage.tick(now);
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "voice/media/leg.h"
#include "voice/media/words.h"
#include "voice/rtp/packet.h"

namespace carillon::media {

inline constexpr std::size_t kMaxMembers = 64;
// Room behind a packet for what encryption adds (kSrtpSpare of voice/webrtc).
inline constexpr std::size_t kPacketSpare = 160;
inline constexpr Duration kStep = Duration::millis(20);

class StageHost {
 public:
  virtual ~StageHost() = default;
  // `buffer` has kPacketSpare bytes behind `size` and may be changed.
  virtual void send_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) = 0;
  virtual void send_rtcp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) = 0;
  virtual void on_event(Event event) = 0;
};

struct Room {
  RoomId id = 0;
  std::vector<Leg*> members;
  bool relay = false;
  int rate = 8000;
  std::array<std::int32_t, kMaxFrame> total{};
};

class Stage {
 public:
  explicit Stage(StageHost& host) : host_(host) {}

  // -- commands
  Leg* add_leg(const LegConfig& config, void* transport, Instant now);
  void remove_leg(LegId id, Instant now);
  void set_format(LegId id, const Format& format);
  void set_sendable(LegId id, bool sendable);
  // Leaves the room it was in; a room without members is gone.
  void join(RoomId room, LegId leg, Role role, LegId coaches = 0);
  void leave(LegId leg);
  void set_role(LegId leg, Role role, LegId coaches = 0);
  void play(LegId leg, Script script, Instant now);
  void stop_script(LegId leg);
  void set_hold(LegId leg, bool hold);
  void set_mute(LegId leg, bool muted);
  void send_digits(LegId leg, std::string_view digits, int ms, Instant now);
  // A digit that signalling told (SIP INFO).
  void press(LegId leg, char digit, Instant now);
  void set_tap(LegId leg, const RecordingTap& tap);
  // What is said meanwhile is silence in the recording; its time goes on.
  void pause_taps(RecordingId recording, bool paused);
  void drop_taps(RecordingId recording);

  // -- packets and time
  // `buffer` has kPacketSpare bytes behind `size`; it may be changed and sent on.
  void on_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size, Instant now);
  void on_rtcp(Leg& leg, rtp::Bytes packet, Instant now);
  // Every 20 ms: mixes, plays, reports, notices silence.
  void tick(Instant now);

  Leg* find(LegId id) const;
  const Room* room(RoomId id) const;
  std::size_t legs() const { return legs_.size(); }
  std::size_t rooms() const { return rooms_.size(); }

 private:
  // packets
  void on_event_packet(Leg& leg, const rtp::PacketView& packet, rtp::MutableBytes buffer, Instant now);
  void on_digit(Leg& leg, char digit, Instant now);
  void listen_inband(Leg& leg, const rtp::PacketView& packet, Instant now);
  void record(const Leg& leg, const rtp::PacketView& packet, Instant now);
  void note_heard(Leg& leg, const rtp::PacketView& packet, Instant now);
  void forward(Leg& from, const rtp::PacketView& packet, rtp::MutableBytes buffer, std::uint8_t payload_type,
               Instant now);
  Leg* relay_target(const Leg& from) const;
  // steps
  void mix(Room& room, Instant now);
  void hear_members(Room& room, Instant now);
  void give_member(Room& room, Leg& leg, Instant now);
  void give_alone(Leg& leg, Instant now);
  bool give_digits(Leg& leg, Instant now);
  void send_frame(Leg& leg, Samples frame, bool sounded, Instant now);
  void send_payload(Leg& leg, std::size_t bytes, Instant now);
  rtp::Header next_header(Leg& leg, Instant now);
  void end_script(Leg& leg, Instant now);
  void report(Leg& leg, Instant now, bool bye);
  void tell_quality(Leg& leg, bool last);
  void watch(Leg& leg, Instant now);
  // shape
  void update(Room& room);
  void fit(Leg& leg);

  StageHost& host_;
  std::vector<std::unique_ptr<Leg>> legs_;
  std::unordered_map<LegId, Leg*> by_id_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::uint64_t steps_ = 0;
  int next_report_step_ = 0;
  std::array<std::int16_t, kMaxFrame> scratch_{};
  std::array<std::uint8_t, 12 + 1280 + kPacketSpare> packet_{};
};

}  // namespace carillon::media
