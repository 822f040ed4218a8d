#include "voice/rtp/rtcp.h"

#include <gtest/gtest.h>

#include <vector>

#include "voice/rtp/statistics.h"

namespace carillon::rtp {
namespace {

constexpr Instant kStart{1'800'000'000'000'000};

std::vector<std::uint8_t> written(const Report& report) {
  std::vector<std::uint8_t> out(500);
  out.resize(write_report(out, report));
  return out;
}

TEST(Rtcp, ReadsTheReportsItWrites) {
  const ReportBlock block{7, 128, -3, 0x10005, 44, 0xabcdef01, 65536};
  const std::vector<ReportBlock> blocks{block, block};
  const auto bytes = written({99, SenderReport{ntp_of(kStart), 1600, 10, 1600}, blocks, "leg@carillon", true});
  const auto back = parse_rtcp(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->ssrc, 99u);
  ASSERT_TRUE(back->sender);
  EXPECT_EQ(*back->sender, (SenderReport{ntp_of(kStart), 1600, 10, 1600}));
  ASSERT_EQ(back->blocks().size(), 2u);
  EXPECT_EQ(back->blocks()[1], block);
  EXPECT_EQ(back->cname, "leg@carillon");
  EXPECT_TRUE(back->bye);
}

TEST(Rtcp, AReceiverReportWithoutBlocksIsStillACompound) {
  const auto bytes = written({5, {}, {}, "x", false});
  const auto back = parse_rtcp(bytes);  // looks into them
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->sender);
  EXPECT_FALSE(back->bye);
  EXPECT_EQ(back->cname, "x");
}

TEST(Rtcp, ReadsPictureLossAndNacks) {
  std::vector<std::uint8_t> pli(12);
  write_pli(pli, 1, 2);
  EXPECT_TRUE(parse_rtcp(pli)->picture_loss);
  const std::vector<std::uint8_t> nack{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0x00, 0x0a, 0x00, 0x05};
  const auto back = parse_rtcp(nack);
  ASSERT_TRUE(back);
  EXPECT_EQ(std::vector(back->nacks().begin(), back->nacks().end()), (std::vector<std::uint16_t>{10, 11, 13}));
}

TEST(Rtcp, RefusesCutAndCrookedPackets) {
  auto bytes = written({99, SenderReport{}, {}, "cname", false});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    if (n != 28) {  // after the first packet of the compound it is whole again
      EXPECT_FALSE(parse_rtcp(std::span(bytes).first(n))) << n;
    }
  }
  bytes[0] |= 0x1f;  // 31 blocks that are not there
  EXPECT_FALSE(parse_rtcp(bytes));
}

TEST(Statistics, CountsLossAcrossTheWrap) {
  ReceiverStatistics stats(8000);
  std::uint32_t timestamp = 0;
  Instant now = kStart;
  for (int i = 0; i < 100; ++i, timestamp += 160, now = now + Duration::millis(20)) {
    const auto sequence = static_cast<std::uint16_t>(65500 + i);
    if (i % 10 != 5) {
      EXPECT_TRUE(stats.on_packet(sequence, timestamp, now));
    }
  }
  const auto block = stats.take_block(1, now);
  EXPECT_EQ(block.lost, 10);
  EXPECT_EQ(block.fraction_lost, 25);
  EXPECT_EQ(block.highest_sequence, 0x10000u + static_cast<std::uint16_t>(65500 + 99));
  EXPECT_EQ(block.jitter, 0u);
  EXPECT_NEAR(stats.recent_loss(), 0.1, 0.001);
}

TEST(Statistics, MeasuresJitterAsTheRfcSays) {
  ReceiverStatistics stats(8000);
  for (int i = 0; i < 1000; ++i) {
    const Duration wobble = Duration::millis(i % 2 ? 10 : 0);
    stats.on_packet(static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i) * 160,
                    kStart + Duration::millis(20 * i) + wobble);
  }
  EXPECT_NEAR(static_cast<double>(stats.jitter().us), 10'000, 600);
}

TEST(Statistics, OneStrayIsIgnoredTwoInARowAreANewStream) {
  ReceiverStatistics stats(8000);
  for (int i = 0; i < 10; ++i) stats.on_packet(static_cast<std::uint16_t>(i), 0, kStart);
  EXPECT_FALSE(stats.on_packet(30000, 0, kStart));
  EXPECT_TRUE(stats.on_packet(10, 0, kStart));
  EXPECT_EQ(stats.lost(), 0);
  EXPECT_FALSE(stats.on_packet(40000, 0, kStart));
  EXPECT_TRUE(stats.on_packet(40001, 0, kStart));
  EXPECT_EQ(stats.received(), 1u);
}

TEST(Statistics, TheRoundTripComesFromTheOthersReport) {
  ReceiverStatistics theirs(8000);
  theirs.on_packet(1, 0, kStart);
  theirs.on_sender_report({ntp_of(kStart), 0, 1, 160}, kStart + Duration::millis(30));
  const ReportBlock block = theirs.take_block(1, kStart + Duration::millis(1030));
  const auto trip = round_trip_of(block, kStart + Duration::millis(1060));
  ASSERT_TRUE(trip);
  EXPECT_NEAR(static_cast<double>(trip->us), 60'000, 100);
  EXPECT_FALSE(round_trip_of(ReportBlock{}, kStart));
  EXPECT_FALSE(round_trip_of(block, kStart));  // an answer before the question
}

}  // namespace
}  // namespace carillon::rtp
