// Goal: whatever events come, a key press is told at most once for each that began, and what a sender sends is what a receiver hears.
// Input: blocks of 9 bytes: how the timestamp moves, then a payload of up to 8; the first byte says whether it is a digit to send.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "voice/rtp/telephone_event.h"

using namespace carillon;

namespace {

constexpr std::uint32_t kStep = 160;

// A payload that was read is written as it was: four bytes hold nothing else but the reserved bit.
void check_payload(rtp::Bytes payload) {
  const auto event = rtp::parse_event(payload);
  CARILLON_CHECK(event.has_value() == (payload.size() >= rtp::kEventBytes));
  if (!event) return;
  std::array<std::uint8_t, rtp::kEventBytes> again;
  rtp::write_event(again, *event);
  CARILLON_CHECK(rtp::parse_event(again) == event);
  CARILLON_CHECK(again[0] == payload[0] && (again[1] & 0xbf) == (payload[1] & 0xbf));
  if (const auto digit = rtp::digit_of(event->event)) CARILLON_CHECK(rtp::event_of(*digit) == event->event);
}

// All that was pushed is heard, once each and in order, when nothing is lost.
void check_sender(rtp::EventSender& sender, const std::string& pushed) {
  rtp::EventReceiver receiver;
  std::string heard;
  std::uint32_t timestamp = 1000;
  for (int steps = 0; sender.busy(); ++steps, timestamp += kStep) {
    CARILLON_CHECK(steps < 20 * 400);
    const auto out = sender.step(timestamp, kStep);
    if (!out) continue;
    std::array<std::uint8_t, rtp::kEventBytes> bytes;
    rtp::write_event(bytes, out->event);
    if (const auto digit = receiver.on_event(out->timestamp, *rtp::parse_event(bytes))) heard += *digit;
  }
  CARILLON_CHECK(heard == pushed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rtp::EventReceiver receiver;
  rtp::EventSender sender;
  std::string pushed;
  std::uint32_t timestamp = 0;
  std::size_t events = 0, told = 0;
  for (rtp::Bytes rest(data, size); !rest.empty();) {
    const rtp::Bytes block = rest.first(std::min<std::size_t>(rest.size(), 9));
    rest = rest.subspan(block.size());
    const rtp::Bytes payload = block.subspan(1);
    check_payload(payload);
    if (block[0] >= 0x80) {
      const char digit = static_cast<char>(block[0] & 0x7f);
      const int ms = payload.empty() ? 100 : payload[0] * 8 - 100;
      const bool taken = sender.push(digit, ms);
      CARILLON_CHECK(!taken || rtp::event_of(digit));
      if (taken) pushed += *rtp::digit_of(*rtp::event_of(digit));  // a small letter is heard as the large one
      continue;
    }
    timestamp += block[0] * kStep;
    if (const auto event = rtp::parse_event(payload)) {
      ++events;
      const auto digit = receiver.on_event(timestamp, *event);
      if (digit) CARILLON_CHECK(rtp::digit_of(event->event) == digit);
      told += digit.has_value();
    }
  }
  CARILLON_CHECK(told <= events);
  check_sender(sender, pushed);
  return 0;
}
