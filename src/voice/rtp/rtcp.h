// RTCP (RFC 3550 section 6, RFC 4585 for feedback): reports in, reports out.
//
// What:   parse_rtcp() reads a compound packet into one bounded struct; write_report() makes sender or receiver report,
//         CNAME and, at the end, BYE; write_pli() asks a video sender for a key frame.
// Thread: any; pure, never allocates.
// Errors: nothing when a length inside does not fit; kinds that are not known are stepped over.
// Limits: kMaxReportBlocks blocks and kMaxNacks lost packets are kept, the rest is counted by nobody.
// Example:
//   RtcpView in = *parse_rtcp(bytes);
//   for (const ReportBlock& block : in.blocks()) quality.on_report(block, now);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "voice/rtp/packet.h"

namespace carillon::rtp {

inline constexpr std::size_t kMaxReportBlocks = 8;
inline constexpr std::size_t kMaxNacks = 32;

struct ReportBlock {
  std::uint32_t ssrc = 0;              // whom it is about
  std::uint8_t fraction_lost = 0;      // of 256, since the report before
  std::int32_t lost = 0;               // since the beginning; negative when duplicates outnumber losses; 24 bits
  std::uint32_t highest_sequence = 0;  // with the count of wraps in the upper half
  std::uint32_t jitter = 0;            // in ticks of the payload's clock
  std::uint32_t last_report = 0;       // middle 32 bits of the NTP time of the last sender report, 0 when none
  std::uint32_t delay = 0;             // since it came, in 1/65536 s
  bool operator==(const ReportBlock&) const = default;
};

struct SenderReport {
  std::uint64_t ntp = 0;  // seconds since 1900 in the upper half, fraction in the lower
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t bytes = 0;
  bool operator==(const SenderReport&) const = default;
};

struct RtcpView {
  std::uint32_t ssrc = 0;  // who reports
  std::optional<SenderReport> sender;
  std::array<ReportBlock, kMaxReportBlocks> block_list{};
  std::size_t block_count = 0;
  std::string_view cname;
  bool bye = false;
  bool picture_loss = false;  // PLI or FIR
  std::array<std::uint16_t, kMaxNacks> nack_list{};
  std::size_t nack_count = 0;

  std::span<const ReportBlock> blocks() const { return std::span(block_list).first(block_count); }
  std::span<const std::uint16_t> nacks() const { return std::span(nack_list).first(nack_count); }
};

std::optional<RtcpView> parse_rtcp(Bytes datagram);

struct Report {
  std::uint32_t ssrc = 0;
  std::optional<SenderReport> sender;   // set when something was sent since the last report
  std::span<const ReportBlock> blocks;  // up to kMaxReportBlocks
  std::string_view cname;               // 1 to 64 bytes
  bool bye = false;
};

// Writes a compound packet; 500 bytes always suffice. Gives its length.
std::size_t write_report(MutableBytes out, const Report& report);

// Picture loss indication (RFC 4585 section 6.3.1). Needs 12 bytes.
std::size_t write_pli(MutableBytes out, std::uint32_t own_ssrc, std::uint32_t media_ssrc);

// NTP's 64-bit time of an Instant, and its middle 32 bits.
std::uint64_t ntp_of(Instant at);
constexpr std::uint32_t middle_of(std::uint64_t ntp) { return static_cast<std::uint32_t>(ntp >> 16); }

}  // namespace carillon::rtp
