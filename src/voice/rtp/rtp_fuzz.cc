// Goal: no bytes make the packet reader, the event receiver or the jitter buffer misbehave; the buffer stays within its bounds.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "voice/rtp/jitter_buffer.h"
#include "voice/rtp/packet.h"
#include "voice/rtp/statistics.h"
#include "voice/rtp/telephone_event.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon;
  rtp::JitterBuffer buffer({.slots = 8, .slot_bytes = 32});
  rtp::ReceiverStatistics stats(8000);
  rtp::EventReceiver events;
  Instant now{1'800'000'000'000'000};
  rtp::Bytes rest(data, size);
  // Packets of up to 64 bytes: how long, how much later, the bytes.
  while (rest.size() > 2) {
    const std::size_t length = std::min<std::size_t>(rest[0] % 64, rest.size() - 2);
    now = now + Duration::millis(rest[1]);
    const rtp::Bytes datagram = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    if (const auto packet = rtp::parse(datagram)) {
      CARILLON_CHECK(packet->payload.size() + rtp::kHeaderBytes <= datagram.size());
      if (const auto event = rtp::parse_event(packet->payload)) events.on_event(packet->timestamp, *event);
      stats.on_packet(packet->sequence, packet->timestamp, now);
      buffer.put(*packet, now);
    }
    const auto pulled = buffer.pull(now);
    CARILLON_CHECK(buffer.depth() <= 8 && pulled.payload.size() <= 32);
    if (pulled.kind == rtp::Pulled::Kind::kPacket) buffer.played(160);
  }
  (void)stats.take_block(1, now);
  return 0;
}
