#include "voice/rtp/jitter_buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace carillon::rtp {
namespace {

constexpr Instant kStart{1'800'000'000'000'000};
constexpr Duration kFrame = Duration::millis(20);

// A sender whose n-th packet holds the byte n, and a player that pulls every 20 ms and writes down what it got.
class Line {
 public:
  explicit Line(JitterBuffer::Config config = {}) : buffer(config) {}

  JitterBuffer::Put put(int n, Instant at, std::uint32_t ssrc = 1, std::uint32_t silence_before = 0) {
    const std::uint8_t payload[1] = {static_cast<std::uint8_t>(n)};
    PacketView packet;
    packet.sequence = static_cast<std::uint16_t>(65530 + n);
    packet.timestamp = 0xffffff00u + static_cast<std::uint32_t>(n) * 160 + silence_before;
    packet.ssrc = ssrc;
    packet.payload = payload;
    return buffer.put(packet, at);
  }
  void pull(Instant at) {
    const Pulled got = buffer.pull(at);
    switch (got.kind) {
      case Pulled::Kind::kSilence:
        heard += '.';
        break;
      case Pulled::Kind::kLost:
        heard += '?';
        break;
      case Pulled::Kind::kPacket:
        heard += static_cast<char>('a' + got.payload[0] % 26);
        buffer.played(160);
        break;
    }
  }

  JitterBuffer buffer;
  std::string heard;
};

std::string trimmed(const std::string& heard) { return heard.substr(heard.find_first_not_of('.')); }

TEST(JitterBuffer, PlaysInOrderAcrossTheWraps) {
  Line line;
  Instant now = kStart;
  for (int n = 0; n < 20; ++n, now = now + kFrame) {
    line.put(n, now);
    line.pull(now + Duration::millis(5));
  }
  EXPECT_EQ(trimmed(line.heard).substr(0, 16), "abcdefghijklmnop");
  EXPECT_LE(line.heard.find('a'), 3u);  // it waited the start delay and no longer
}

TEST(JitterBuffer, PutsReorderedPacketsBackAndDropsDoubles) {
  Line line;
  Instant now = kStart;
  for (int n = 0; n < 20; n += 2, now = now + kFrame + kFrame) {
    line.put(n + 1, now);
    line.put(n, now);
    EXPECT_EQ(line.put(n, now), JitterBuffer::Put::kDuplicate);
    line.pull(now + Duration::millis(1));
    line.pull(now + Duration::millis(21));
  }
  EXPECT_EQ(trimmed(line.heard).substr(0, 14), "abcdefghijklmn");
  EXPECT_EQ(line.buffer.counts().duplicate, 10u);
}

TEST(JitterBuffer, ALostPacketIsConcealedInItsPlace) {
  Line line;
  Instant now = kStart;
  for (int n = 0; n < 15; ++n, now = now + kFrame) {
    if (n != 7) line.put(n, now);
    line.pull(now + Duration::millis(5));
  }
  EXPECT_EQ(trimmed(line.heard).substr(0, 11), "abcdefg?ijk");
}

TEST(JitterBuffer, SilenceThatWasNotSentIsNotLoss) {
  Line line;
  Instant now = kStart;
  std::uint32_t silence = 0;
  for (int n = 0; n < 12; ++n, now = now + kFrame) {
    if (n == 6) {  // 200 ms of nothing, with the sequence going on
      for (int i = 0; i < 10; ++i, now = now + kFrame) line.pull(now + Duration::millis(5));
      silence = 1600;
    }
    line.put(n, now, 1, silence);
    line.pull(now + Duration::millis(5));
  }
  EXPECT_EQ(line.buffer.counts().late, 0u);
  const std::string heard = trimmed(line.heard);
  EXPECT_EQ(heard.substr(0, 6), "abcdef");
  EXPECT_NE(heard.find("ghij"), std::string::npos);
}

TEST(JitterBuffer, TheDelayGrowsWithTheNetworksWobbleAndComesBack) {
  Line line;
  Instant now = kStart;
  std::vector<std::pair<Instant, int>> on_the_way;
  const auto run = [&](int from, int to, int wobble_ms) {
    for (int n = from; n < to; ++n, now = now + kFrame) {
      on_the_way.emplace_back(now + Duration::millis(n * 37 % 10 * wobble_ms / 9), n);
      for (auto it = on_the_way.begin(); it != on_the_way.end();) {
        if (it->first > now) {
          ++it;
          continue;
        }
        line.put(it->second, it->first);
        it = on_the_way.erase(it);
      }
      line.pull(now + Duration::millis(1));
    }
  };
  run(0, 200, 0);
  EXPECT_LE(line.buffer.target_delay().us, 30'000);
  run(200, 800, 120);
  EXPECT_GE(line.buffer.target_delay().us, 110'000);
  const auto before = line.buffer.counts();
  run(800, 1600, 120);
  EXPECT_LE(line.buffer.counts().lost - before.lost, 8u);  // settled: nearly nothing comes too late
  run(1600, 3200, 0);
  EXPECT_LE(line.buffer.target_delay().us, 40'000);
  EXPECT_LE(line.buffer.depth(), 3u);
}

TEST(JitterBuffer, OnASteadyLineTheDelayComesDownBelowTwoFrames) {
  for (int phase = 2; phase < 22; ++phase) {
    Line line;
    Instant now = kStart;
    for (int n = 0; n < 500; ++n, now = now + kFrame) {
      line.put(n, now + Duration::micros(n * 7919 % 2000));  // two milliseconds of wobble
      line.pull(now + Duration::millis(phase));
    }
    // The last frame played is of packet 499 - behind; it came that many frames and the phase earlier.
    const int last = line.heard.back() - 'a', behind = (499 % 256 % 26 - last + 26) % 26;
    EXPECT_LE(behind * 20 + phase, 40) << phase;
    EXPECT_LE(line.buffer.counts().left_out, 2u) << phase;
    EXPECT_EQ(line.buffer.counts().late, 0u) << phase;
  }
}

TEST(JitterBuffer, AnotherSourceBeginsANewStream) {
  Line line;
  Instant now = kStart;
  for (int n = 0; n < 10; ++n, now = now + kFrame) line.put(n, now), line.pull(now);
  for (int n = 0; n < 10; ++n, now = now + kFrame) line.put(n, now, 2), line.pull(now);
  EXPECT_EQ(line.buffer.counts().restarts, 1u);
  EXPECT_EQ(line.heard.back(), 'h');
}

TEST(JitterBuffer, WhatAJumpLeavesBehindIsForgotten) {
  Line line;
  line.put(0, kStart);
  line.put(1, kStart);
  EXPECT_EQ(line.buffer.depth(), 2u);
  line.put(100, kStart);  // further than there are slots
  EXPECT_EQ(line.buffer.depth(), 1u);
  EXPECT_EQ(line.buffer.counts().left_out, 2u);
  // Played far too late, so that frames are left out until none is there.
  for (int i = 0; i < 200; ++i) line.pull(kStart + Duration::seconds(5) + Duration::millis(20 * i));
  EXPECT_EQ(line.buffer.depth(), 0u);
}

TEST(JitterBuffer, AStrayPacketFarAwayChangesNothing) {
  Line line;
  Instant now = kStart;
  for (int n = 0; n < 10; ++n, now = now + kFrame) line.put(n, now), line.pull(now);
  EXPECT_EQ(line.put(20000, now), JitterBuffer::Put::kDoubted);
  EXPECT_EQ(line.put(10, now), JitterBuffer::Put::kStored);
  EXPECT_EQ(line.put(25000, now), JitterBuffer::Put::kDoubted);
  EXPECT_EQ(line.put(25001, now), JitterBuffer::Put::kStored);
  EXPECT_EQ(line.buffer.counts().restarts, 1u);
}

TEST(JitterBuffer, ABurstNeverHoldsMoreThanItsSlots) {
  Line line;
  for (int n = 0; n < 500; ++n) line.put(n, kStart);
  EXPECT_LE(line.buffer.depth(), 32u);
  std::vector<std::uint8_t> large(2000);
  PacketView packet;
  packet.payload = large;
  EXPECT_EQ(line.buffer.put(packet, kStart), JitterBuffer::Put::kTooLarge);
}

TEST(JitterBuffer, WhenNothingComesAnyMoreItIsSilenceNotLossForEver) {
  Line line;
  Instant now = kStart;
  for (int n = 0; n < 10; ++n, now = now + kFrame) line.put(n, now), line.pull(now);
  for (int n = 0; n < 50; ++n, now = now + kFrame) line.pull(now);
  EXPECT_EQ(line.heard.substr(line.heard.size() - 30), std::string(30, '.'));
  for (int n = 60; n < 70; ++n, now = now + kFrame) line.put(n, now), line.pull(now);
  EXPECT_NE(line.heard.back(), '.');
}

}  // namespace
}  // namespace carillon::rtp
