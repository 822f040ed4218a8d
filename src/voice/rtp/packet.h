// RTP packets (RFC 3550 section 5.1): reading, writing, and the arithmetic of numbers that wrap.
//
// What:   parse() gives a view into the datagram; write_header() fills twelve bytes; the patch functions let a relay give a
//         packet a new identity without copying it.
// Owns:   nothing; views live as long as the bytes they look at.
// Thread: any; pure, never allocates.
// Errors: nothing when the bytes are not RTP version 2 or a length inside them leads beyond the end.
// Limits: at most 15 contributing sources and one header extension, as the format has it.
// Example:
//   if (auto packet = rtp::parse(bytes)) play(packet->payload);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace carillon::rtp {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline constexpr std::size_t kHeaderBytes = 12;
// The largest datagram that is read or made: what Ethernet carries.
inline constexpr std::size_t kMaxPacketBytes = 1500;

struct PacketView {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;  // in ticks of the payload's clock
  std::uint32_t ssrc = 0;
  Bytes sources;  // contributing sources, four bytes each
  std::uint16_t extension_profile = 0;
  Bytes extension;  // without its four-byte head
  Bytes payload;    // without padding
};

std::optional<PacketView> parse(Bytes datagram);

struct Header {
  bool marker = false;
  std::uint8_t payload_type = 0;  // 0 to 127
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
};

// Writes a header without sources and extension; `out` must hold kHeaderBytes. Gives kHeaderBytes.
std::size_t write_header(MutableBytes out, const Header& header);

// Gives a parsed packet's bytes a new header; sources, extension and payload stay.
void patch_header(MutableBytes datagram, const Header& header);

// Whether a datagram that came where RTP and RTCP share a port is RTCP (RFC 5761 section 4).
bool looks_like_rtcp(Bytes datagram);

// a - b of numbers that wrap: negative when a comes before b.
constexpr std::int16_t sequence_distance(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
}
constexpr std::int32_t timestamp_distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

// Follows a counter that wraps, so that it can be compared and subtracted like any number.
class Unwrapped32 {
 public:
  std::int64_t at(std::uint32_t value) {
    if (!any_) {
      any_ = true;
      last_ = value;
    } else {
      last_ += timestamp_distance(value, static_cast<std::uint32_t>(last_));
    }
    return last_;
  }
  void reset() { any_ = false; }

 private:
  std::int64_t last_ = 0;
  bool any_ = false;
};

// Big-endian words, for all formats of this folder.
constexpr std::uint16_t read16(const std::uint8_t* p) { return static_cast<std::uint16_t>(p[0] << 8 | p[1]); }
constexpr std::uint32_t read32(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}
constexpr void write16(std::uint8_t* p, std::uint16_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 8);
  p[1] = static_cast<std::uint8_t>(v);
}
constexpr void write32(std::uint8_t* p, std::uint32_t v) {
  write16(p, static_cast<std::uint16_t>(v >> 16));
  write16(p + 2, static_cast<std::uint16_t>(v));
}

}  // namespace carillon::rtp
