#include "voice/rtp/statistics.h"

#include <algorithm>
#include <cstdlib>

namespace carillon::rtp {

void ReceiverStatistics::restart(std::uint32_t clock_rate) { *this = ReceiverStatistics(clock_rate); }

void ReceiverStatistics::begin(std::uint16_t sequence) {
  any_ = true;
  highest_ = sequence;
  cycles_ = 0;
  base_ = sequence;
  bad_sequence_ = 0x10000;
  received_ = expected_before_ = received_before_ = 0;
  has_transit_ = false;
}

bool ReceiverStatistics::on_packet(std::uint16_t sequence, std::uint32_t timestamp, Instant arrival) {
  if (!any_) begin(sequence);
  const auto ahead = static_cast<std::uint16_t>(sequence - highest_);
  if (ahead < kMaxDropout) {
    if (sequence < highest_) cycles_ += 0x10000;
    highest_ = sequence;
    bad_sequence_ = 0x10000;
  } else if (ahead <= 0x10000 - kMaxMisorder) {
    // Two in a row: the sender started anew without a word. One alone may be a stray.
    if (sequence != bad_sequence_) {
      bad_sequence_ = static_cast<std::uint16_t>(sequence + 1);
      return false;
    }
    begin(sequence);
  }
  ++received_;
  measure_jitter(timestamp, arrival);
  return true;
}

void ReceiverStatistics::measure_jitter(std::uint32_t timestamp, Instant arrival) {
  const auto ticks =
      static_cast<std::uint32_t>(arrival.us / 1000 * clock_rate_ / 1000 + arrival.us % 1000 * clock_rate_ / 1'000'000);
  const std::uint32_t transit = ticks - timestamp;
  if (has_transit_) {
    const std::int64_t change = std::llabs(std::int64_t{timestamp_distance(transit, transit_)});
    // A talk spurt after silence that did not move the timestamp is not jitter.
    if (change < clock_rate_) {
      jitter16_ = static_cast<std::uint32_t>(std::int64_t{jitter16_} + change - ((std::int64_t{jitter16_} + 8) >> 4));
    }
  }
  has_transit_ = true;
  transit_ = transit;
}

void ReceiverStatistics::on_sender_report(const SenderReport& report, Instant arrival) {
  last_report_ = middle_of(report.ntp);
  last_report_at_ = arrival;
}

Duration ReceiverStatistics::jitter() const {
  return Duration::micros(std::int64_t{jitter16_ >> 4} * 1'000'000 / clock_rate_);
}

ReportBlock ReceiverStatistics::take_block(std::uint32_t ssrc, Instant now) {
  ReportBlock block;
  block.ssrc = ssrc;
  const std::uint64_t total = expected();
  const auto expected_now = static_cast<std::int64_t>(total - expected_before_);
  const auto received_now = static_cast<std::int64_t>(received_ - received_before_);
  expected_before_ = total;
  received_before_ = received_;
  const std::int64_t lost_now = std::max<std::int64_t>(expected_now - received_now, 0);
  if (expected_now > 0) {
    recent_loss_ = static_cast<double>(lost_now) / static_cast<double>(expected_now);
    block.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>(lost_now * 256 / expected_now, 255));
  }
  block.lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7fffff));
  block.highest_sequence = static_cast<std::uint32_t>(extended_highest());
  block.jitter = jitter16_ >> 4;
  block.last_report = last_report_;
  if (last_report_) {
    const std::int64_t us = std::clamp<std::int64_t>((now - last_report_at_).us, 0, 60'000'000'000);
    block.delay = static_cast<std::uint32_t>(us * 65536 / 1'000'000);
  }
  return block;
}

std::optional<Duration> round_trip_of(const ReportBlock& block, Instant now) {
  if (!block.last_report) return std::nullopt;
  const std::uint32_t trip = middle_of(ntp_of(now)) - block.last_report - block.delay;
  // More than a minute, or negative: clocks or numbers of somebody else.
  if (trip > 60u * 65536) return std::nullopt;
  return Duration::micros(std::int64_t{trip} * 1'000'000 / 65536);
}

}  // namespace carillon::rtp
