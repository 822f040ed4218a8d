#include "voice/webrtc/stun/stun.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace carillon::stun {
namespace {

const TransactionId kTransaction{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

std::vector<std::uint8_t> request() {
  Writer out(kBinding, Class::kRequest, kTransaction);
  out.text(kUsername, "local:remote");
  out.number32(kPriority, 0x6e7f1eff);
  out.number64(kIceControlling, 0x932ff9b151263b36);
  out.flag(kUseCandidate);
  out.integrity();
  out.fingerprint();
  return {out.bytes().begin(), out.bytes().end()};
}

TEST(Stun, ReadsTheCheckItWrites) {
  const auto bytes = request();
  const auto message = parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is_request(kBinding));
  EXPECT_EQ(message->transaction, kTransaction);
  EXPECT_EQ(message->username, "local:remote");
  EXPECT_EQ(message->priority, 0x6e7f1effu);
  EXPECT_EQ(message->controlling, 0x932ff9b151263b36u);
  EXPECT_TRUE(message->use_candidate);
  EXPECT_TRUE(message->has_fingerprint);
  EXPECT_EQ(message->integrity.size(), kIntegrityBytes);
  EXPECT_EQ(message->unknown_count, 0u);
}

TEST(Stun, CarriesAddressesOfBothFamilies) {
  for (const char* text : {"192.0.2.1:32853", "[2001:db8:1234:5678:11:2233:4455:6677]:32853"}) {
    Writer out(kBinding, Class::kSuccess, kTransaction);
    out.xor_address(kXorMappedAddress, *voice::Endpoint::parse(text));
    const auto message = parse(out.bytes());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->cls, Class::kSuccess);
    ASSERT_TRUE(message->mapped);
    EXPECT_EQ(message->mapped->text(), text);
  }
}

TEST(Stun, CarriesErrorsAndWhatIsUnknown) {
  Writer out(kBinding, Class::kError, kTransaction);
  out.error(420, "Unknown Attribute");
  const std::uint16_t kinds[] = {0x7777, 0x0042};
  out.unknown(kinds);
  const auto message = parse(out.bytes());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->cls, Class::kError);
  EXPECT_EQ(message->error, 420);

  Writer strange(kBinding, Class::kRequest, kTransaction);
  strange.number32(static_cast<Attribute>(0x7777), 1);
  strange.number32(static_cast<Attribute>(0x8777), 1);  // may be ignored
  const auto read = parse(strange.bytes());
  ASSERT_TRUE(read);
  ASSERT_EQ(read->unknown_count, 1u);
  EXPECT_EQ(read->unknown[0], 0x7777);
}

TEST(Stun, AnyChangedBitBreaksTheFingerprint) {
  const auto bytes = request();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] ^= 0x10;
    const auto message = parse(changed);
    EXPECT_TRUE(!message || !message->has_fingerprint) << i;
  }
}

TEST(Stun, CutMessagesAndFalseLengthsAreRefused) {
  const auto bytes = request();
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(parse(Bytes(bytes).first(n)));
  std::vector<std::uint8_t> many{0, 1, 0, 200, 0x21, 0x12, 0xa4, 0x42};
  many.resize(kHeaderBytes + 200);
  for (std::size_t i = 0; i < 50; ++i) many[kHeaderBytes + i * 4] = 0x80;
  EXPECT_FALSE(parse(many));  // fifty empty attributes
}

TEST(Stun, WhatFollowsTheIntegrityIsNotBelieved) {
  Writer out(kBinding, Class::kRequest, kTransaction);
  out.text(kUsername, "a:b");
  out.integrity();
  out.flag(kUseCandidate);
  out.fingerprint();
  const auto message = parse(out.bytes());
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->use_candidate);
}

TEST(Stun, TheChecksumIsTheWellKnownOne) {
  const std::string text = "123456789";
  EXPECT_EQ(crc32({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}), 0xcbf43926u);
}

}  // namespace
}  // namespace carillon::stun
