// Digits as RTP events (RFC 4733): one payload read and written, a receiver that tells each key press once, a sender.
//
// Thread: one; pure, never allocates.
// Limits: events 0 to 15 (0-9 * # A-D) are digits; others are read and left to the caller. Twenty digits wait in a sender.
// Example:
//   if (auto event = parse_event(packet.payload))
//     if (auto digit = receiver.on_event(packet.timestamp, *event)) pressed(*digit);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "voice/rtp/packet.h"

namespace carillon::rtp {

struct TelephoneEvent {
  std::uint8_t event = 0;
  bool end = false;
  std::uint8_t volume = 10;    // 0 to 63: minus dBm0
  std::uint16_t duration = 0;  // in ticks since the event began
  bool operator==(const TelephoneEvent&) const = default;
};

inline constexpr std::size_t kEventBytes = 4;

std::optional<TelephoneEvent> parse_event(Bytes payload);
void write_event(MutableBytes out, const TelephoneEvent& event);

std::optional<char> digit_of(std::uint8_t event);
std::optional<std::uint8_t> event_of(char digit);

// Tells a key press when its first packet comes, whichever of its packets that is.
class EventReceiver {
 public:
  std::optional<char> on_event(std::uint32_t timestamp, const TelephoneEvent& event);

 private:
  bool any_ = false;
  std::uint32_t timestamp_ = 0;
  std::uint8_t event_ = 0;
  std::uint16_t duration_ = 0;
  bool ended_ = false;
};

// Gives the payloads of waiting digits, one for each step of 20 ms; the end is sent three times (section 2.5.1.4).
class EventSender {
 public:
  struct Out {
    TelephoneEvent event;
    bool marker = false;          // first packet of an event
    std::uint32_t timestamp = 0;  // where the event began: the same for all its packets
  };

  // False when too many wait or `digit` is none. `ms` is clamped to 40..6000.
  bool push(char digit, int ms = 100);
  bool busy() const { return count_ > 0; }
  // `now_timestamp` is the stream's timestamp of this step, `step` its length in ticks (160 at 8 kHz).
  std::optional<Out> step(std::uint32_t now_timestamp, std::uint32_t step);

 private:
  struct Waiting {
    std::uint8_t event;
    int ms;
  };
  std::array<Waiting, 20> waiting_{};
  std::size_t first_ = 0, count_ = 0;
  bool started_ = false;
  std::uint32_t began_ = 0;
  int ends_sent_ = 0;
  int pause_steps_ = 0;
};

}  // namespace carillon::rtp
