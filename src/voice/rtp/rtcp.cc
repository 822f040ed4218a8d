#include "voice/rtp/rtcp.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::rtp {
namespace {

constexpr std::uint8_t kSenderReport = 200, kReceiverReport = 201, kDescription = 202, kBye = 203;
constexpr std::uint8_t kTransportFeedback = 205, kPayloadFeedback = 206;
constexpr std::size_t kBlockBytes = 24;
constexpr std::int64_t kNtpToUnixSeconds = 2'208'988'800;

std::int32_t signed24(std::uint32_t v) { return static_cast<std::int32_t>(v << 8) >> 8; }

void read_blocks(Bytes body, std::size_t count, RtcpView& out) {
  for (std::size_t i = 0; i < count && body.size() >= kBlockBytes; ++i, body = body.subspan(kBlockBytes)) {
    if (out.block_count == kMaxReportBlocks) return;
    ReportBlock& block = out.block_list[out.block_count++];
    block.ssrc = read32(&body[0]);
    block.fraction_lost = body[4];
    block.lost = signed24(read32(&body[4]) & 0xffffff);
    block.highest_sequence = read32(&body[8]);
    block.jitter = read32(&body[12]);
    block.last_report = read32(&body[16]);
    block.delay = read32(&body[20]);
  }
}

bool read_sender_report(Bytes body, std::size_t count, RtcpView& out) {
  if (body.size() < 24 + count * kBlockBytes) return false;
  out.ssrc = read32(&body[0]);
  SenderReport report;
  report.ntp = std::uint64_t{read32(&body[4])} << 32 | read32(&body[8]);
  report.timestamp = read32(&body[12]);
  report.packets = read32(&body[16]);
  report.bytes = read32(&body[20]);
  out.sender = report;
  read_blocks(body.subspan(24), count, out);
  return true;
}

bool read_receiver_report(Bytes body, std::size_t count, RtcpView& out) {
  if (body.size() < 4 + count * kBlockBytes) return false;
  out.ssrc = read32(&body[0]);
  read_blocks(body.subspan(4), count, out);
  return true;
}

// Only the first chunk's CNAME matters: one source speaks on a leg.
void read_description(Bytes body, RtcpView& out) {
  if (body.size() < 4) return;
  body = body.subspan(4);
  while (body.size() >= 2 && body[0] != 0) {
    const std::size_t length = body[1];
    if (body.size() < 2 + length) return;
    if (body[0] == 1) out.cname = {reinterpret_cast<const char*>(body.data()) + 2, length};
    body = body.subspan(2 + length);
  }
}

void read_nacks(Bytes body, RtcpView& out) {
  for (body = body.subspan(8); body.size() >= 4; body = body.subspan(4)) {
    const std::uint16_t first = read16(&body[0]), mask = read16(&body[2]);
    for (int bit = -1; bit < 16; ++bit) {
      if (bit >= 0 && !(mask >> bit & 1)) continue;
      if (out.nack_count == kMaxNacks) return;
      out.nack_list[out.nack_count++] = static_cast<std::uint16_t>(first + bit + 1);
    }
  }
}

bool read_one(std::uint8_t kind, std::size_t count, Bytes body, RtcpView& out) {
  switch (kind) {
    case kSenderReport:
      return read_sender_report(body, count, out);
    case kReceiverReport:
      return read_receiver_report(body, count, out);
    case kDescription:
      read_description(body, out);
      return true;
    case kBye:
      out.bye = true;
      return true;
    case kTransportFeedback:
      if (body.size() < 8) return false;
      if (count == 1) read_nacks(body, out);
      return true;
    case kPayloadFeedback:
      if (body.size() < 8) return false;
      if (count == 1 || count == 4) out.picture_loss = true;
      return true;
    default:
      return true;
  }
}

void write_head(std::uint8_t* p, std::size_t count, std::uint8_t kind, std::size_t bytes) {
  p[0] = static_cast<std::uint8_t>(0x80 | count);
  p[1] = kind;
  write16(p + 2, static_cast<std::uint16_t>(bytes / 4 - 1));
}

void write_block(std::uint8_t* p, const ReportBlock& block) {
  write32(p, block.ssrc);
  const std::int32_t lost = std::clamp(block.lost, -0x800000, 0x7fffff);
  write32(p + 4, static_cast<std::uint32_t>(lost) & 0xffffff);
  p[4] = block.fraction_lost;
  write32(p + 8, block.highest_sequence);
  write32(p + 12, block.jitter);
  write32(p + 16, block.last_report);
  write32(p + 20, block.delay);
}

std::size_t write_description(MutableBytes out, std::uint32_t ssrc, std::string_view cname) {
  const std::size_t items = 2 + cname.size() + 1;  // the zero ends the list, more zeros fill the word
  const std::size_t bytes = 8 + (items + 3) / 4 * 4;
  std::fill_n(out.begin(), bytes, std::uint8_t{0});
  write_head(&out[0], 1, kDescription, bytes);
  write32(&out[4], ssrc);
  out[8] = 1;
  out[9] = static_cast<std::uint8_t>(cname.size());
  std::copy(cname.begin(), cname.end(), out.begin() + 10);
  return bytes;
}

}  // namespace

std::optional<RtcpView> parse_rtcp(Bytes datagram) {
  if (!looks_like_rtcp(datagram)) return std::nullopt;
  RtcpView out;
  while (!datagram.empty()) {
    if (datagram.size() < 4 || datagram[0] >> 6 != 2) return std::nullopt;
    const std::size_t bytes = (std::size_t{read16(&datagram[2])} + 1) * 4;
    if (bytes > datagram.size()) return std::nullopt;
    Bytes body = datagram.subspan(4, bytes - 4);
    if (datagram[0] & 0x20) {
      if (body.empty() || body.back() == 0 || body.back() > body.size()) return std::nullopt;
      body = body.first(body.size() - body.back());
    }
    if (!read_one(datagram[1], datagram[0] & 0x1fu, body, out)) return std::nullopt;
    datagram = datagram.subspan(bytes);
  }
  return out;
}

std::size_t write_report(MutableBytes out, const Report& report) {
  CARILLON_CHECK(report.blocks.size() <= kMaxReportBlocks && !report.cname.empty() && report.cname.size() <= 64);
  CARILLON_CHECK(out.size() >= 500);
  std::size_t at = 8;
  write32(&out[4], report.ssrc);
  if (report.sender) {
    write32(&out[8], static_cast<std::uint32_t>(report.sender->ntp >> 32));
    write32(&out[12], static_cast<std::uint32_t>(report.sender->ntp));
    write32(&out[16], report.sender->timestamp);
    write32(&out[20], report.sender->packets);
    write32(&out[24], report.sender->bytes);
    at = 28;
  }
  for (const ReportBlock& block : report.blocks) {
    write_block(&out[at], block);
    at += kBlockBytes;
  }
  write_head(&out[0], report.blocks.size(), report.sender ? kSenderReport : kReceiverReport, at);
  at += write_description(out.subspan(at), report.ssrc, report.cname);
  if (report.bye) {
    write_head(&out[at], 1, kBye, 8);
    write32(&out[at + 4], report.ssrc);
    at += 8;
  }
  return at;
}

std::size_t write_pli(MutableBytes out, std::uint32_t own_ssrc, std::uint32_t media_ssrc) {
  CARILLON_CHECK(out.size() >= 12);
  write_head(&out[0], 1, kPayloadFeedback, 12);
  write32(&out[4], own_ssrc);
  write32(&out[8], media_ssrc);
  return 12;
}

std::uint64_t ntp_of(Instant at) {
  const std::int64_t seconds = at.us / 1'000'000, micros = at.us % 1'000'000;
  const auto fraction = (static_cast<std::uint64_t>(micros) << 32) / 1'000'000;
  return static_cast<std::uint64_t>(seconds + kNtpToUnixSeconds) << 32 | fraction;
}

}  // namespace carillon::rtp
