// Goal: no peer holds more of us than its limits say, and each kind of bad connection ends. Method: TCP clients that misbehave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "voice/net/testing/party.h"
#include "voice/net/testing/raw_client.h"
#include "voice/net/websocket.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;
using testing::HasSubstr;
using testing::StartsWith;

std::string options(int number, const std::string& transport = "TCP") {
  const std::string n = std::to_string(number);
  return "OPTIONS sip:us@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + transport + " client.invalid;branch=z9hG4bKtest" + n +
         "\r\nMax-Forwards: 70\r\nFrom: <sip:a@client.invalid>;tag=1\r\nTo: <sip:us@127.0.0.1>\r\nCall-ID: c" + n +
         "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

TEST(SipStreams, AMessageInManyPiecesAndManyInOnePieceAreRead) {
  Party us;
  us.start();
  RawClient client(us.at(Transport::kTcp));
  for (const char c : options(1)) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("SIP/2.0 200"));
  ASSERT_TRUE(client.send(options(2) + options(3)));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Call-ID: c2"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Call-ID: c3"));
}

// RFC 5626 section 3.5.1.
TEST(SipStreams, APingOfLineEndsGetsOne) {
  Party us;
  us.start();
  RawClient client(us.at(Transport::kTcp));
  ASSERT_TRUE(client.send("\r\n\r\n"));
  EXPECT_EQ(client.read_until("\r\n"), "\r\n");
}

TEST(SipStreams, WhatCannotBeCutIsAnsweredAndClosed) {
  Party us;
  us.start();
  RawClient client(us.at(Transport::kTcp));
  ASSERT_TRUE(
      client.send("OPTIONS sip:us@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP x.invalid;branch=z9hG4bK1\r\n"
                  "From: <sip:a@x.invalid>;tag=1\r\nTo: <sip:b@x.invalid>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("SIP/2.0 400"));
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(us.waits_until([](sip::Stack& stack) { return stack.size().connections == 0; }));
}

TEST(SipStreams, AMessageWithoutEndIsClosed) {
  Party us;
  us.start();
  RawClient client(us.at(Transport::kTcp));
  const std::string piece = "X-Long: " + std::string(4000, 'a') + "\r\n";
  bool taken = client.send("OPTIONS sip:us@127.0.0.1 SIP/2.0\r\n");
  for (int i = 0; i < 10'000 && taken; ++i) taken = client.send(piece);
  EXPECT_FALSE(taken);
}

TEST(SipStreams, AHandshakeThatIsNeverMadeEnds) {
  SipHost::Config config = Party::on_loopback();
  config.listen = {{Transport::kWs, {IpAddress::v4(127, 0, 0, 1), 0}, {}}};
  config.limits.stream.open = Duration::millis(20);
  Party us(config);
  us.start();
  RawClient silent(us.at(Transport::kWs)), slow(us.at(Transport::kWs));
  EXPECT_TRUE(slow.send("GET / HTTP/1.1\r\n"));
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(slow.is_closed());
  EXPECT_TRUE(us.waits_until([&](sip::Stack&) { return us.host().counts().connections == 0; }));
}

TEST(SipStreams, AnAddressHasOnlySoManyConnectionsAndGetsThemBack) {
  SipHost::Config config = Party::on_loopback();
  config.limits.connections_of_address = 2;
  Party us(config);
  us.start();
  {
    RawClient first(us.at(Transport::kTcp)), second(us.at(Transport::kTcp));
    EXPECT_TRUE(us.waits_until([&](sip::Stack&) { return us.host().counts().connections == 2; }));
    RawClient third(us.at(Transport::kTcp));
    EXPECT_TRUE(third.is_closed());
    EXPECT_EQ(us.host().counts().connections_refused, 1U);
    ASSERT_TRUE(first.send(options(1)));
    EXPECT_THAT(first.read_until("\r\n\r\n"), StartsWith("SIP/2.0 200"));
  }
  EXPECT_TRUE(us.waits_until([&](sip::Stack&) { return us.host().counts().connections == 0; }));
  RawClient again(us.at(Transport::kTcp));
  ASSERT_TRUE(again.send(options(2)));
  EXPECT_THAT(again.read_until("\r\n\r\n"), StartsWith("SIP/2.0 200"));
}

TEST(SipStreams, APeerThatDoesNotReadLosesItsConnection) {
  SipHost::Config config = Party::on_loopback();
  config.limits.stream.queue_bytes = 64 << 10;
  Party us(config);
  us.start();
  RawClient client(us.at(Transport::kTcp), 4096);
  // Answers pile up until the queue is full; what the system holds on the way is some megabytes at most.
  bool taken = true;
  for (int i = 0; i < 200'000 && taken; ++i) taken = client.send(options(i));
  EXPECT_FALSE(taken);
  EXPECT_TRUE(us.waits_until([&](sip::Stack&) { return us.host().counts().connections == 0; }));
}

// -- WebSocket --
const char kUpgrade[] =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n";

std::unique_ptr<Party> with_websocket() {
  SipHost::Config config = Party::on_loopback();
  config.listen = {{Transport::kWs, {IpAddress::v4(127, 0, 0, 1), 0}, {}}};
  return std::make_unique<Party>(config);
}

std::string masked(http::WsOpcode opcode, std::string_view payload) {
  std::string out;
  http::append_ws_frame(out, opcode, payload, 0x01020304);
  return out;
}

TEST(SipWebSockets, CarryOneMessageAFrame) {
  const auto us = with_websocket();
  us->start();
  RawClient client(us->at(Transport::kWs));
  // The first message does not wait for the answer to the upgrade.
  ASSERT_TRUE(client.send(kUpgrade + masked(http::WsOpcode::kText, options(1, "WS"))));
  const std::string upgrade = client.read_until("\r\n\r\n");
  EXPECT_THAT(upgrade, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(upgrade, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455 section 1.3
  EXPECT_THAT(upgrade, HasSubstr("Sec-WebSocket-Protocol: sip"));
  const std::string answer = client.read_until("\r\n\r\n");
  EXPECT_EQ(answer[0], '\x81');
  EXPECT_THAT(answer, HasSubstr("SIP/2.0 200"));
  ASSERT_TRUE(client.send(masked(http::WsOpcode::kPing, "are you there?")));
  EXPECT_THAT(client.read_until("there?"), HasSubstr("are you there?"));
  ASSERT_TRUE(client.send(masked(http::WsOpcode::kClose, http::ws_close_payload(1000, {}))));
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(us->waits_until([](sip::Stack& stack) { return stack.size().connections == 0; }));
}

TEST(SipWebSockets, WhatIsNoUpgradeToSipIsRefused) {
  const auto us = with_websocket();
  us->start();
  RawClient page(us->at(Transport::kWs));
  ASSERT_TRUE(page.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_THAT(page.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_TRUE(page.is_closed());
  std::string chat = kUpgrade;
  chat.replace(chat.find("Protocol: sip"), 13, "Protocol: chat");
  RawClient other(us->at(Transport::kWs));
  ASSERT_TRUE(other.send(chat));
  EXPECT_THAT(other.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  std::string old = kUpgrade;
  old.replace(old.find("Version: 13"), 11, "Version: 8");
  RawClient third(us->at(Transport::kWs));
  ASSERT_TRUE(third.send(old));
  EXPECT_THAT(third.read_until("\r\n\r\n"), HasSubstr("Sec-WebSocket-Version: 13"));
}

TEST(SipWebSockets, AnUnmaskedFrameEndsTheConnection) {
  const auto us = with_websocket();
  us->start();
  RawClient client(us->at(Transport::kWs));
  ASSERT_TRUE(client.send(kUpgrade));
  client.read_until("\r\n\r\n");
  ASSERT_TRUE(client.send(WebSocketLine::frame(options(1, "WS"))));
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace carillon::voice::net
