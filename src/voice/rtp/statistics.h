// What a receiver learns of a stream: loss, jitter, round-trip time (RFC 3550 sections 6.4 and A.1, A.3, A.8).
//
// What:   on_packet() for each packet as it comes; take_block() gives the report block since the last one; on_report() reads
//         what the other side says of our stream and gives the round-trip time.
// Thread: one; pure. `now` is any steady time, the same for all calls.
// Limits: a jump of more than kMaxDropout packets counts only when the next packet confirms it.
// Example:
//   if (stats.on_packet(packet.sequence, packet.timestamp, now)) ...
//   ReportBlock block = stats.take_block(ssrc, now);
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "voice/rtp/rtcp.h"

namespace carillon::rtp {

class ReceiverStatistics {
 public:
  static constexpr std::uint16_t kMaxDropout = 3000;
  static constexpr std::uint16_t kMaxMisorder = 100;

  explicit ReceiverStatistics(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // False for a packet that seems to belong to another stream and is not counted (yet).
  bool on_packet(std::uint16_t sequence, std::uint32_t timestamp, Instant arrival);
  void on_sender_report(const SenderReport& report, Instant arrival);
  // After a new SSRC or codec: a new stream begins.
  void restart(std::uint32_t clock_rate);

  ReportBlock take_block(std::uint32_t ssrc, Instant now);

  std::uint64_t received() const { return received_; }
  std::uint64_t expected() const { return any_ ? extended_highest() - base_ + 1 : 0; }
  std::int64_t lost() const { return static_cast<std::int64_t>(expected()) - static_cast<std::int64_t>(received_); }
  Duration jitter() const;
  // Share of packets lost since the last take_block() that expected any, 0 to 1.
  double recent_loss() const { return recent_loss_; }

 private:
  std::uint64_t extended_highest() const { return cycles_ + highest_; }
  void begin(std::uint16_t sequence);
  void measure_jitter(std::uint32_t timestamp, Instant arrival);

  std::uint32_t clock_rate_;
  bool any_ = false;
  std::uint16_t highest_ = 0;
  std::uint64_t cycles_ = 0;
  std::uint64_t base_ = 0;
  std::uint32_t bad_sequence_ = 0x10000;  // what would confirm a jump
  std::uint64_t received_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  double recent_loss_ = 0;
  bool has_transit_ = false;
  std::uint32_t transit_ = 0;
  std::uint32_t jitter16_ = 0;  // sixteen times the jitter, in ticks
  std::uint32_t last_report_ = 0;
  Instant last_report_at_;
};

// The round-trip time that a block about our own stream tells; nothing when it cannot.
std::optional<Duration> round_trip_of(const ReportBlock& block, Instant now);

}  // namespace carillon::rtp
