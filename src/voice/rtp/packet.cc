#include "voice/rtp/packet.h"

#include "base/check.h"

namespace carillon::rtp {

std::optional<PacketView> parse(Bytes datagram) {
  if (datagram.size() < kHeaderBytes || datagram[0] >> 6 != 2) return std::nullopt;
  PacketView packet;
  packet.marker = datagram[1] & 0x80;
  packet.payload_type = datagram[1] & 0x7f;
  packet.sequence = read16(&datagram[2]);
  packet.timestamp = read32(&datagram[4]);
  packet.ssrc = read32(&datagram[8]);
  Bytes rest = datagram.subspan(kHeaderBytes);
  const std::size_t source_bytes = (datagram[0] & 0x0fu) * 4u;
  if (rest.size() < source_bytes) return std::nullopt;
  packet.sources = rest.first(source_bytes);
  rest = rest.subspan(source_bytes);
  if (datagram[0] & 0x10) {
    if (rest.size() < 4) return std::nullopt;
    packet.extension_profile = read16(&rest[0]);
    const std::size_t extension_bytes = std::size_t{read16(&rest[2])} * 4;
    rest = rest.subspan(4);
    if (rest.size() < extension_bytes) return std::nullopt;
    packet.extension = rest.first(extension_bytes);
    rest = rest.subspan(extension_bytes);
  }
  if (datagram[0] & 0x20) {
    if (rest.empty() || rest.back() == 0 || rest.back() > rest.size()) return std::nullopt;
    rest = rest.first(rest.size() - rest.back());
  }
  packet.payload = rest;
  return packet;
}

std::size_t write_header(MutableBytes out, const Header& header) {
  CARILLON_CHECK(out.size() >= kHeaderBytes);
  out[0] = 0x80;
  patch_header(out, header);
  return kHeaderBytes;
}

void patch_header(MutableBytes datagram, const Header& header) {
  CARILLON_CHECK(datagram.size() >= kHeaderBytes && header.payload_type < 128);
  datagram[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | header.payload_type);
  write16(&datagram[2], header.sequence);
  write32(&datagram[4], header.timestamp);
  write32(&datagram[8], header.ssrc);
}

bool looks_like_rtcp(Bytes datagram) {
  return datagram.size() >= 8 && datagram[0] >> 6 == 2 && datagram[1] >= 192 && datagram[1] <= 223;
}

}  // namespace carillon::rtp
