// Goal: what is kept of a call is bounded, without secrets, comes back as it was, and is a capture that others read.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "evidence/core/pcapng.h"
#include "evidence/core/redact.h"
#include "evidence/core/strip.h"
#include "evidence/core/text.h"

namespace carillon::evidence {
namespace {

const std::string kInvite =
    "INVITE sip:shop@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
    "To: <sip:shop@192.0.2.1>\r\nCall-ID: abc@192.0.2.9\r\nCSeq: 7 INVITE\r\n"
    "Authorization: Digest username=\"alice\",\r\n response=\"0123456789abcdef\"\r\nContent-Type: application/sdp\r\n"
    "Content-Length: 118\r\n\r\nv=0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
    "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\na=ice-pwd:secret\r\n";
const std::string kInfo =
    "INFO sip:shop@192.0.2.1 SIP/2.0\r\nCSeq: 8 INFO\r\nContent-Type: application/dtmf-relay\r\nContent-Length: 24\r\n"
    "\r\nSignal=7\r\nDuration=160\r\n";
const std::string kOk = "SIP/2.0 200 OK\r\nCSeq: 7 INVITE\r\ni: abc\r\n\r\n";

SipMessage message(const std::string& text, std::int64_t us = 1, bool sent = false) {
  return {.at = Instant{us},
          .sent = sent,
          .transport = "UDP",
          .ours = *voice::Endpoint::parse("192.0.2.1:5060"),
          .theirs = *voice::Endpoint::parse("198.51.100.7:5062"),
          .text = text};
}

TEST(Redact, SecretsAreWrittenOverAndLengthsStayTrue) {
  const std::string clean = without_secrets(kInvite);
  EXPECT_EQ(clean.size(), kInvite.size());
  for (const char* secret : {"0123456789abcdef", "alice", "WVNfX19zZW1jdGwg", "secret"}) {
    EXPECT_EQ(clean.find(secret), std::string::npos) << secret << "\n" << clean;
  }
  for (const char* kept :
       {"Authorization:", "Call-ID: abc", "m=audio 4000", "AES_CM_128_HMAC_SHA1_80 inline:xx", "Content-Type"}) {
    EXPECT_NE(clean.find(kept), std::string::npos) << kept << "\n" << clean;
  }
}

TEST(Redact, CredentialsOfAnyShapeAreGone) {
  const auto hidden = [](const std::string& value) {
    const std::string head = "BYE sip:a SIP/2.0\r\nProxy-Authorization:", tail = "\r\nCSeq: 1 BYE\r\n\r\n";
    const std::string clean = without_secrets(head + value + tail);
    EXPECT_EQ(clean.size(), head.size() + value.size() + tail.size());
    EXPECT_TRUE(clean.starts_with(head) && clean.ends_with(tail)) << clean;
    return clean.substr(head.size(), value.size());
  };
  EXPECT_EQ(hidden(" Digest username=\"al\\\"ice\", nc=01,qop=auth"), " Digest username=\"xxxxxxx\", nc=xx,qop=xxxx");
  EXPECT_EQ(hidden(" Digest a=\"b\r\n c\""), " Digest a=\"x\r\nxx\"");
  EXPECT_EQ(hidden(" Basic YWxpY2U6cHc="), "xxxxxxxxxxxxxxxxxxx");
  EXPECT_EQ(hidden(" Digest secret, other"), " Digest xxxxxx,xxxxxx");
  EXPECT_EQ(hidden(" Digest open=\"never closed"), " Digest open=\"xxxxxxxxxxxx");
  EXPECT_EQ(hidden(""), "");
}

TEST(Redact, DigitsByInfoAreGone) {
  const std::string clean = without_secrets(kInfo);
  EXPECT_EQ(clean.size(), kInfo.size());
  EXPECT_EQ(clean.find("Signal"), std::string::npos);
  EXPECT_NE(clean.find("Content-Length: 24\r\n\r\nxxxxxxxx\r\n"), std::string::npos) << clean;
  EXPECT_EQ(without_secrets("info"), "info");
}

TEST(Redact, WhatIsNoTextBecomesText) {
  EXPECT_EQ(without_secrets("INVITE \xff\xc3\xa4\xed\xa0\x80"), "INVITE ?\xc3\xa4???");
  EXPECT_EQ(without_secrets(std::string("A\0B", 3)), "A?B");
  EXPECT_EQ(without_secrets(""), "");
  EXPECT_EQ(without_secrets("\r\n\r\n"), "\r\n\r\n");
}

TEST(Redact, FirstLinesAndFieldsAreRead) {
  EXPECT_EQ(method_of(kInvite), "INVITE");
  EXPECT_EQ(status_of(kInvite), 0);
  EXPECT_EQ(method_of(kOk), "INVITE");
  EXPECT_EQ(status_of(kOk), 200);
  EXPECT_EQ(field_of(kOk, "Call-ID", 'i'), "abc");
  EXPECT_EQ(field_of(kOk, "Via", 'v'), "");
}

TEST(Strip, KeepsTheBeginningAndTheEndOfManyMessages) {
  const Limits limits{.messages = 6, .message_bytes = 8};
  Strip strip(limits);
  std::int64_t held = 0;
  for (int i = 0; i < 10; ++i) held += strip.add(message(std::to_string(i), i));
  const Party party = strip.party();
  std::string kept;
  for (const SipMessage& one : party.messages) kept += one.text;
  EXPECT_EQ(kept, "012789");
  EXPECT_EQ(party.messages_left_out, 4u);
  EXPECT_EQ(std::pair(held, strip.bytes()), std::pair(std::int64_t{6}, std::int64_t{6}));
  held += strip.add(message("much too long"));
  EXPECT_EQ(strip.party().messages.back().text, "much too");
  EXPECT_TRUE(strip.party().messages.back().cut);
  EXPECT_EQ(held, strip.bytes());
}

TEST(Strip, ALongCallHasFewerSamplesOverAllItsTime) {
  const Limits limits{.samples = 8};
  Strip strip(limits);
  for (int i = 0; i < 1000; ++i) strip.add(QualitySample{.at = Instant{i}});
  const auto quality = strip.party().quality;
  EXPECT_LT(quality.size(), 8u);
  EXPECT_GE(quality.size(), 4u);
  EXPECT_EQ(quality.front().at.us, 0);
  EXPECT_GT(quality.back().at.us, 700);
  for (std::size_t i = 1; i < quality.size(); ++i) EXPECT_LT(quality[i - 1].at, quality[i].at);
}

Record record() {
  Record out;
  out.workspace = WorkspaceId{1, 2}, out.call = CallId{3, 4};
  out.from = Instant{1'000'000}, out.until = Instant{9'000'000};
  Party phone;
  phone.leg = LegId{5, 6};
  phone.messages = {message(kInvite, 1'000'001), message(kOk, 1'250'002, true)};
  phone.messages[1].transport = "TCP", phone.messages[1].cut = true;
  phone.messages_left_out = 3;
  phone.quality = {
      {.at = Instant{5'000'000}, .loss_in = 0.25, .jitter = Duration::millis(12), .mos = 4.125, .packets_in = 250}};
  phone.changes = {{Instant{2'000'000}, "silent", ""}};
  Party browser;
  browser.worker = WorkerId{7, 8};
  browser.messages = {message(kOk, 1'100'000)};
  browser.messages[0].ours = *voice::Endpoint::parse("[2001:db8::1]:5061");
  browser.messages[0].theirs = *voice::Endpoint::parse("[2001:db8::7]:9");
  out.parties = {phone, browser};
  out.whys = {{Instant{1'500'000}, "queued", R"({"target":"last","candidates":[]})"}};
  return out;
}

TEST(Text, ARecordComesBackAsItWasButForItsSecrets) {
  Record wanted = record();
  wanted.parties[0].messages[0].text = without_secrets(kInvite);
  const auto back = read_record(write_record(record()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, wanted);
  EXPECT_EQ(write_record(*back), write_record(record()));
}

TEST(Text, WhatIsNoRecordIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"version":2})", R"({"version":1,"call_sid":"x"})", "{\"version\":1"}) {
    EXPECT_FALSE(read_record(text)) << text;
  }
  std::string text = write_record(record());
  const std::size_t at = text.find("\"jitter_ms\":");
  ASSERT_NE(at, std::string::npos);
  text.insert(at + 12, "1e60");
  EXPECT_FALSE(read_record(text)) << "no jitter is that long";
}

// A reader of our own: what the format says, and nothing we say ourselves.
class Capture {
 public:
  explicit Capture(std::string bytes) : b_(std::move(bytes)) {}
  struct Packet {
    std::int64_t us;
    std::string from, to, payload, comment;
  };
  std::vector<Packet> packets() {
    std::vector<Packet> out;
    for (std::size_t at = 0; at < b_.size();) {
      const std::uint32_t type = u32(at), size = u32(at + 4);
      EXPECT_EQ(size % 4, 0u);
      if (size < 12 || at + size > b_.size()) return ADD_FAILURE() << "a block beyond the end", out;
      EXPECT_EQ(u32(at + size - 4), size);
      if (at == 0) {
        EXPECT_EQ(type, 0x0A0D0D0Au);
        EXPECT_EQ(u32(8), 0x1A2B3C4Du);
      }
      if (type == 1) {
        EXPECT_EQ(u16(at + 8), 101);
      }
      if (type == 6) out.push_back(packet(at, size));
      at += size;
    }
    return out;
  }

 private:
  std::uint32_t byte(std::size_t at) const { return static_cast<unsigned char>(b_.at(at)); }
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8); }
  std::uint32_t u32(std::size_t at) const { return u16(at) | static_cast<std::uint32_t>(u16(at + 2)) << 16; }
  std::uint32_t be16(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  std::uint32_t sum(std::size_t from, std::size_t to) const {
    std::uint32_t s = 0;
    for (std::size_t i = from; i < to; ++i) s += (i - from) % 2 == 0 ? byte(i) << 8 : byte(i);
    return s;
  }
  static std::uint32_t fold(std::uint32_t s) {
    while (s >> 16) s = (s & 0xffff) + (s >> 16);
    return s;
  }
  Packet packet(std::size_t at, std::size_t size) {
    const std::uint64_t us = static_cast<std::uint64_t>(u32(at + 12)) << 32 | u32(at + 16);
    const std::size_t length = u32(at + 20), ip = at + 28;
    EXPECT_EQ(length, u32(at + 24));
    const bool v6 = byte(ip) >> 4 == 6;
    const std::size_t address = v6 ? 16 : 4, source = ip + (v6 ? 8 : 12), udp = ip + (v6 ? 40 : 20);
    EXPECT_EQ(byte(ip + (v6 ? 6 : 9)), 17u);
    EXPECT_EQ(v6 ? be16(ip + 4) + 40 : be16(ip + 2), length);
    if (!v6) {
      EXPECT_EQ(fold(sum(ip, ip + 20)), 0xffffu) << "of the IP header";
    }
    EXPECT_EQ(be16(udp + 4), length - (udp - ip));
    const std::uint32_t pseudo = sum(source, source + 2 * address) + 17 + be16(udp + 4);
    EXPECT_EQ(fold(pseudo + sum(udp, ip + length)), 0xffffu) << "of UDP";
    const auto end = [&](std::size_t where, std::size_t port) {
      const auto family = v6 ? voice::IpFamily::kV6 : voice::IpFamily::kV4;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(b_.data() + where);
      return voice::Endpoint{voice::IpAddress::from_bytes(bytes, family), static_cast<std::uint16_t>(be16(port))}
          .text();
    };
    const std::size_t options = ip + (length + 3) / 4 * 4;
    std::string comment;
    if (options + 8 < at + size && u16(options) == 1) comment = b_.substr(options + 4, u16(options + 2));
    return {static_cast<std::int64_t>(us), end(source, udp), end(source + address, udp + 2),
            b_.substr(udp + 8, ip + length - udp - 8), comment};
  }
  std::string b_;
};

TEST(Pcapng, HasEveryMessageWithItsAddressesAndTimeInOrder) {
  const auto clean = read_record(write_record(record()));
  ASSERT_TRUE(clean);
  const auto packets = Capture(pcapng_of(*clean)).packets();
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(packets[0].us, 1'000'001);
  EXPECT_EQ(packets[0].from, "198.51.100.7:5062");
  EXPECT_EQ(packets[0].to, "192.0.2.1:5060");
  EXPECT_EQ(packets[0].payload, without_secrets(kInvite));
  EXPECT_EQ(packets[0].comment, "");
  EXPECT_EQ(packets[1].from, "[2001:db8::7]:9");
  EXPECT_EQ(packets[1].to, "[2001:db8::1]:5061");
  EXPECT_EQ(packets[2].from, "192.0.2.1:5060");
  EXPECT_EQ(packets[2].comment, "by TCP; longer than was kept");
}

TEST(Pcapng, OddLengthsAndBothFamiliesAtOnceAreFramedRight) {
  Record one;
  for (std::size_t size = 0; size < 9; ++size) {
    Party party;
    party.messages = {message(std::string(size, 'a' + static_cast<char>(size)), static_cast<std::int64_t>(size))};
    if (size == 5) party.messages[0].ours = *voice::Endpoint::parse("[2001:db8::1]:1");
    one.parties.push_back(party);
  }
  EXPECT_EQ(Capture(pcapng_of(one)).packets().size(), 9u);
  EXPECT_TRUE(Capture(pcapng_of({})).packets().empty());
}

}  // namespace
}  // namespace carillon::evidence
