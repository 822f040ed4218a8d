#include "voice/rtp/packet.h"

#include <gtest/gtest.h>

#include <vector>

#include "voice/rtp/latch.h"
#include "voice/rtp/quality.h"
#include "voice/rtp/telephone_event.h"

namespace carillon::rtp {
namespace {

std::vector<std::uint8_t> packet_of(const Header& header, std::vector<std::uint8_t> payload) {
  std::vector<std::uint8_t> out(kHeaderBytes);
  write_header(out, header);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

TEST(RtpPacket, ReadsWhatItWrites) {
  const auto bytes = packet_of({true, 101, 65535, 0xdeadbeef, 0x01020304}, {1, 2, 3});
  const auto packet = parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->marker);
  EXPECT_EQ(packet->payload_type, 101);
  EXPECT_EQ(packet->sequence, 65535);
  EXPECT_EQ(packet->timestamp, 0xdeadbeef);
  EXPECT_EQ(packet->ssrc, 0x01020304u);
  EXPECT_EQ(packet->payload.size(), 3u);
}

TEST(RtpPacket, StepsOverSourcesExtensionAndPadding) {
  std::vector<std::uint8_t> bytes = packet_of({false, 0, 1, 2, 3}, {9, 9, 9, 9});  // one source
  bytes[0] |= 0x01 | 0x10 | 0x20;
  for (const std::uint8_t b : {0xbe, 0xde, 0x00, 0x01, 1, 2, 3, 4}) bytes.push_back(b);  // one word of extension
  for (const std::uint8_t b : {0x55, 0x66, 0, 2}) bytes.push_back(b);                    // two bytes, two of padding
  const auto packet = parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->sources.size(), 4u);
  EXPECT_EQ(packet->extension_profile, 0xbede);
  EXPECT_EQ(packet->extension.size(), 4u);
  ASSERT_EQ(packet->payload.size(), 2u);
  EXPECT_EQ(packet->payload[1], 0x66);
}

TEST(RtpPacket, RefusesLengthsThatLeadBeyondTheEnd) {
  auto bytes = packet_of({false, 0, 1, 2, 3}, {1, 2});
  EXPECT_FALSE(parse(std::span(bytes).first(11)));
  auto sources = bytes;
  sources[0] |= 0x05;
  EXPECT_FALSE(parse(sources));
  auto extension = bytes;
  extension[0] |= 0x10;
  EXPECT_FALSE(parse(extension));
  auto padding = bytes;
  padding[0] |= 0x20;
  padding.back() = 3;
  EXPECT_FALSE(parse(padding));
  auto version = bytes;
  version[0] = 0x40;
  EXPECT_FALSE(parse(version));
}

TEST(RtpPacket, TellsRtcpFromRtpOnOnePort) {
  std::vector<std::uint8_t> rtcp{0x80, 200, 0, 1, 0, 0, 0, 0};
  EXPECT_TRUE(looks_like_rtcp(rtcp));
  EXPECT_FALSE(looks_like_rtcp(packet_of({true, 0, 1, 2, 3}, {})));
}

TEST(RtpPacket, NumbersThatWrapCompareRight) {
  EXPECT_EQ(sequence_distance(1, 65535), 2);
  EXPECT_EQ(sequence_distance(65535, 1), -2);
  Unwrapped32 time;
  EXPECT_EQ(time.at(0xfffffff0), 0xfffffff0);
  EXPECT_EQ(time.at(0x10), 0x100000010);
  EXPECT_EQ(time.at(0xfffffff0), 0xfffffff0);
}

TEST(TelephoneEvent, ReadsWhatItWrites) {
  std::uint8_t bytes[4];
  write_event(bytes, {11, true, 10, 1600});
  EXPECT_EQ(parse_event(bytes), (TelephoneEvent{11, true, 10, 1600}));
  EXPECT_FALSE(parse_event(Bytes(bytes).first(3)));
}

TEST(TelephoneEvent, APressIsToldOnceWhateverIsLostOrRepeated) {
  EventReceiver in;
  EXPECT_EQ(in.on_event(1000, {5, false, 10, 160}), '5');
  EXPECT_FALSE(in.on_event(1000, {5, false, 10, 320}));
  EXPECT_FALSE(in.on_event(1000, {5, true, 10, 480}));
  EXPECT_FALSE(in.on_event(1000, {5, true, 10, 480}));
  EXPECT_EQ(in.on_event(3000, {5, true, 10, 480}), '5');  // only the end of the next press arrived
  EXPECT_FALSE(in.on_event(1000, {5, true, 10, 480}));    // a straggler
  EXPECT_EQ(in.on_event(5000, {11, false, 10, 160}), '#');
}

TEST(TelephoneEvent, ALongPressIsOneDigit) {
  EventReceiver in;
  EXPECT_EQ(in.on_event(1000, {1, false, 10, 160}), '1');
  EXPECT_FALSE(in.on_event(1000, {1, false, 10, 0xffff}));
  EXPECT_FALSE(in.on_event(1000 + 0xffff, {1, false, 10, 160}));
}

TEST(TelephoneEvent, WhatTheSenderSendsTheReceiverHears) {
  EventSender out;
  EventReceiver in;
  for (const char c : {'4', '4', '#', 'A'}) ASSERT_TRUE(out.push(c, 80));
  EXPECT_FALSE(out.push('x'));
  std::string heard;
  int ends = 0, markers = 0;
  for (std::uint32_t step = 0; step < 60; ++step) {
    const auto packet = out.step(step * 160, 160);
    if (!packet) continue;
    ends += packet->event.end;
    markers += packet->marker;
    if (const auto digit = in.on_event(packet->timestamp, packet->event)) heard += *digit;
  }
  EXPECT_EQ(heard, "44#A");
  EXPECT_EQ(ends, 12);
  EXPECT_EQ(markers, 4);
  EXPECT_FALSE(out.busy());
}

TEST(Latch, BelievesTheFirstSourceOnly) {
  const auto signalled = *voice::Endpoint::parse("10.0.0.1:4000");
  const auto real = *voice::Endpoint::parse("198.51.100.7:9000");
  const auto thief = *voice::Endpoint::parse("203.0.113.9:9000");
  Latch latch;
  latch.expect(signalled, Latch::Trust::kAnySource);
  EXPECT_EQ(latch.target(), signalled);
  EXPECT_TRUE(latch.accept(real));
  EXPECT_EQ(latch.target(), real);
  EXPECT_FALSE(latch.accept(thief));
  EXPECT_FALSE(latch.accept(signalled));
  EXPECT_EQ(latch.refused(), 2u);
  latch.expect(signalled, Latch::Trust::kAnySource);  // the same offer again opens nothing
  EXPECT_FALSE(latch.accept(thief));
  latch.expect(thief, Latch::Trust::kAnySource);  // a new one does
  EXPECT_TRUE(latch.accept(thief));
}

TEST(Latch, HoldsToTheSignalledHostWhenTold) {
  Latch latch;
  latch.expect(*voice::Endpoint::parse("10.0.0.1:4000"), Latch::Trust::kSameHost);
  EXPECT_FALSE(latch.accept(*voice::Endpoint::parse("10.0.0.2:4000")));
  EXPECT_TRUE(latch.accept(*voice::Endpoint::parse("10.0.0.1:5000")));
  Latch exact;
  exact.expect(*voice::Endpoint::parse("10.0.0.1:4000"), Latch::Trust::kExact);
  EXPECT_FALSE(exact.accept(*voice::Endpoint::parse("10.0.0.1:5000")));
}

TEST(Quality, FallsWithLossAndDelay) {
  const double best = mos_of({QualityCodec::kG711, Duration::millis(40), 0});
  EXPECT_NEAR(best, 4.4, 0.05);
  const double lossy = mos_of({QualityCodec::kG711, Duration::millis(40), 0.05});
  EXPECT_NEAR(lossy, 3.9, 0.2);
  EXPECT_LT(mos_of({QualityCodec::kG711, Duration::millis(400), 0}), 3.8);
  EXPECT_LT(mos_of({QualityCodec::kG711, Duration::millis(40), 0.5}), 2.0);
  EXPECT_GE(mos_of({QualityCodec::kOpus, Duration::seconds(9), 1}), 1.0);
}

}  // namespace
}  // namespace carillon::rtp
