#include "voice/webrtc/port.h"

#include <gtest/gtest.h>
#include <sys/time.h>

#include <deque>
#include <map>

#include "voice/rtp/packet.h"
#include "voice/rtp/rtcp.h"
#include "voice/webrtc/integrity.h"

// OpenSSL asks this for its retransmission timer; the tests move it.
namespace {
std::int64_t openssl_now_us = 1'800'000'000'000'000;
}
extern "C" int gettimeofday(struct timeval* tv, void*) noexcept {
  tv->tv_sec = openssl_now_us / 1'000'000;
  tv->tv_usec = openssl_now_us % 1'000'000;
  return 0;
}

namespace carillon::webrtc {
namespace {

const auto kServer = *voice::Endpoint::parse("198.51.100.1:7000");
const auto kHome = *voice::Endpoint::parse("192.0.2.1:4000");
const auto kTrain = *voice::Endpoint::parse("[2001:db8::7]:5000");

struct Heard : PortSink {
  std::deque<std::pair<voice::Endpoint, std::vector<std::uint8_t>>> sent;
  std::vector<std::vector<std::uint8_t>> rtp, rtcp;
  std::vector<std::pair<PeerId, PeerEvent>> events;
  void on_send(const voice::Endpoint& to, Bytes d) override { sent.emplace_back(to, std::vector(d.begin(), d.end())); }
  void on_rtp(PeerId, MutableBytes p) override { rtp.emplace_back(p.begin(), p.end()); }
  void on_rtcp(PeerId, MutableBytes p) override { rtcp.emplace_back(p.begin(), p.end()); }
  void on_event(PeerId peer, PeerEvent e) override { events.emplace_back(peer, e); }
};

std::shared_ptr<const DtlsContext> context() {
  static const auto one = DtlsContext::make().value();
  return one;
}

// What a browser does: checks, the client's side of DTLS (OpenSSL itself), SRTP.
struct Browser {
  std::shared_ptr<const DtlsContext> own = DtlsContext::make().value();
  IceCredentials credentials{"brow", "browser-password-browser"};
  std::optional<Dtls> dtls;
  std::optional<Srtp> in, out;
  std::vector<std::vector<std::uint8_t>> outbox;

  Dtls::Out collect() {
    return [this](Bytes d) { outbox.emplace_back(d.begin(), d.end()); };
  }
  std::vector<std::uint8_t> check(const LocalTransport& to, bool nominate = true) const {
    stun::Writer w(stun::kBinding, stun::Class::kRequest, {9});
    w.text(stun::kUsername, to.ufrag + ":" + credentials.ufrag);
    w.number64(stun::kIceControlling, 1);
    if (nominate) w.flag(stun::kUseCandidate);
    seal(w, to.password);
    return {w.bytes().begin(), w.bytes().end()};
  }
  void make_keys() {
    in.emplace(Srtp::make(dtls->keys()->remote, Srtp::Direction::kReceive).value());
    out.emplace(Srtp::make(dtls->keys()->local, Srtp::Direction::kSend).value());
  }
};

class PortTest : public ::testing::Test {
 protected:
  Heard heard;
  Port port{{.context = context(), .addresses = {kServer}, .max_peers = 3}, heard};
  Browser browser;
  Instant now{openssl_now_us};
  PeerId peer;

  void pass(Duration d) {
    now = now + d;
    openssl_now_us += d.us;
  }
  void add(std::optional<Fingerprint> fingerprint = {}) {
    auto added = port.add({browser.credentials, fingerprint.value_or(browser.own->fingerprint())}, now);
    ASSERT_TRUE(added);
    peer = *added;
    auto theirs = Fingerprint::parse(port.local(peer)->fingerprint);
    ASSERT_TRUE(theirs);
    browser.dtls.emplace(browser.own, Dtls::Role::kClient, *theirs);
  }
  void receive(std::vector<std::uint8_t> datagram, const voice::Endpoint& from) { port.handle(datagram, from, now); }
  void check(const voice::Endpoint& from) { receive(browser.check(*port.local(peer)), from); }
  // Carries datagrams both ways until nobody says anything; `lose` drops the n-th from the server.
  void carry(const voice::Endpoint& from, int lose = -1) {
    for (int n = 0; n < 200 && (!browser.outbox.empty() || !heard.sent.empty()); ++n) {
      auto out = std::exchange(browser.outbox, {});
      for (auto& d : out) receive(d, from);
      auto back = std::exchange(heard.sent, {});
      for (auto& [to, d] : back) {
        if (kind_of(d) == Kind::kDtls && lose-- != 0) browser.dtls->handle(d, now, browser.collect());
      }
    }
  }
  void connect(const voice::Endpoint& from = kHome) {
    add();
    check(from);
    browser.dtls->start(now, browser.collect());
    carry(from);
    ASSERT_EQ(browser.dtls->state(), Dtls::State::kConnected) << browser.dtls->reason();
    ASSERT_TRUE(port.connected(peer)) << port.reason(peer);
    browser.make_keys();
  }
  std::vector<std::uint8_t> sound(std::uint16_t sequence, bool encrypted = true) {
    std::vector<std::uint8_t> bytes(12 + 160 + kSrtpSpare);
    rtp::write_header(bytes, {false, 0, sequence, sequence * 160u, 77});
    std::size_t size = 172;
    if (encrypted) {
      EXPECT_TRUE(browser.out->protect(bytes, size));
    }
    bytes.resize(size);
    return bytes;
  }
};

TEST_F(PortTest, ABrowserConnectsAndSoundGoesBothWays) {
  connect();
  ASSERT_FALSE(heard.events.empty());
  EXPECT_EQ(heard.events.back(), std::pair(peer, PeerEvent::kConnected));
  EXPECT_EQ(browser.dtls->keys()->local.profile, SrtpProfile::kAeadAes128Gcm);
  receive(sound(1), kHome);
  ASSERT_EQ(heard.rtp.size(), 1u);
  EXPECT_EQ(rtp::parse(heard.rtp[0])->payload.size(), 160u);

  std::vector<std::uint8_t> buffer(12 + 160 + kSrtpSpare);
  rtp::write_header(buffer, {false, 0, 5, 800, 88});
  EXPECT_TRUE(port.send_rtp(peer, buffer, 172));
  ASSERT_EQ(heard.sent.size(), 1u);
  EXPECT_EQ(heard.sent[0].first, kHome);
  auto got = heard.sent[0].second;
  std::size_t size = got.size();
  EXPECT_NE(size, 172u);
  ASSERT_TRUE(browser.in->unprotect(got, size));
  EXPECT_EQ(size, 172u);
}

TEST_F(PortTest, RtcpGoesBothWays) {
  connect();
  std::vector<std::uint8_t> report(500 + kSrtpSpare);
  std::size_t size = rtp::write_report(std::span(report).first(500), {77, {}, {}, "browser", false});
  ASSERT_TRUE(browser.out->protect_rtcp(report, size));
  receive({report.begin(), report.begin() + static_cast<std::ptrdiff_t>(size)}, kHome);
  ASSERT_EQ(heard.rtcp.size(), 1u);
  EXPECT_EQ(rtp::parse_rtcp(heard.rtcp[0])->cname, "browser");
  size = rtp::write_report(std::span(report).first(500), {88, {}, {}, "server", false});
  EXPECT_TRUE(port.send_rtcp(peer, report, size));
  auto got = heard.sent.back().second;
  size = got.size();
  EXPECT_TRUE(browser.in->unprotect_rtcp(got, size));
}

TEST_F(PortTest, AForgedReplayedOrPlainPacketIsNotHeard) {
  connect();
  const auto good = sound(1);
  auto forged = sound(2);
  forged[40] ^= 1;
  receive(forged, kHome);
  receive(good, kHome);
  receive(good, kHome);
  receive(sound(3, false), kHome);
  receive(sound(4), kTrain);  // right keys, an address that proved nothing
  EXPECT_EQ(heard.rtp.size(), 1u);
  EXPECT_EQ(port.counts().refused, 3u);
  EXPECT_EQ(port.counts().unknown, 1u);
}

TEST_F(PortTest, WithoutTheNamedCertificateThereAreNoKeys) {
  add(DtlsContext::make().value()->fingerprint());  // somebody else's
  check(kHome);
  browser.dtls->start(now, browser.collect());
  carry(kHome);
  EXPECT_FALSE(port.connected(peer));
  EXPECT_EQ(heard.events.back().second, PeerEvent::kFailed);
  EXPECT_NE(port.reason(peer).find("certificate"), std::string::npos);
}

TEST_F(PortTest, DtlsFromAnAddressThatProvedNothingIsNotAnswered) {
  add();
  browser.dtls->start(now, browser.collect());
  for (auto& d : browser.outbox) receive(d, kHome);
  EXPECT_TRUE(heard.sent.empty());
  EXPECT_EQ(port.counts().unknown, 1u);
}

TEST_F(PortTest, TheBrowserMovesMidCallAndTheSoundFollows) {
  connect();
  check(kTrain);
  EXPECT_EQ(heard.events.back(), std::pair(peer, PeerEvent::kAddressChanged));
  receive(sound(1), kTrain);
  receive(sound(2), kHome);  // what was under way
  EXPECT_EQ(heard.rtp.size(), 2u);
  std::vector<std::uint8_t> buffer(12 + kSrtpSpare);
  rtp::write_header(buffer, {false, 0, 5, 800, 88});
  heard.sent.clear();
  EXPECT_TRUE(port.send_rtp(peer, buffer, 12));
  EXPECT_EQ(heard.sent.back().first, kTrain);
}

TEST_F(PortTest, AnIceRestartKeepsTheKeys) {
  connect();
  const auto before = port.local(peer);
  browser.credentials = {"brow2", "second-browser-password-x"};
  const auto after = port.restart(peer, browser.credentials);
  ASSERT_TRUE(after);
  EXPECT_NE(after->ufrag, before->ufrag);
  receive(browser.check(*after), kTrain);
  EXPECT_EQ(port.selected(peer), kTrain);
  receive(sound(1), kTrain);
  EXPECT_EQ(heard.rtp.size(), 1u);
  heard.sent.clear();
  receive(browser.check(*before), kHome);  // the old credentials are over
  EXPECT_TRUE(heard.sent.empty());
}

TEST_F(PortTest, ALostFlightIsSentAgain) {
  add();
  check(kHome);
  heard.sent.clear();
  browser.dtls->start(now, browser.collect());
  carry(kHome, 0);
  EXPECT_EQ(browser.dtls->state(), Dtls::State::kConnecting);
  for (int i = 0; i < 100 && !port.connected(peer); ++i) {
    pass(Duration::millis(100));
    port.on_timer(now);
    browser.dtls->on_timer(now, browser.collect());
    carry(kHome);
  }
  EXPECT_TRUE(port.connected(peer));
  EXPECT_EQ(browser.dtls->state(), Dtls::State::kConnected);
}

TEST_F(PortTest, ABrowserThatVanishesIsNoticed) {
  connect();
  for (int i = 0; i < 5; ++i) {
    pass(Duration::seconds(20));
    check(kHome);
    port.on_timer(now);
  }
  EXPECT_TRUE(port.connected(peer));
  pass(Duration::seconds(31));
  port.on_timer(now);
  EXPECT_EQ(heard.events.back().second, PeerEvent::kConsentLost);
  std::vector<std::uint8_t> buffer(12 + kSrtpSpare);
  rtp::write_header(buffer, {});
  EXPECT_FALSE(port.send_rtp(peer, buffer, 12));
}

TEST_F(PortTest, ABrowserThatNeverComesFailsInTime) {
  add();
  pass(Duration::seconds(31));
  port.on_timer(now);
  EXPECT_EQ(heard.events.back().second, PeerEvent::kFailed);
  EXPECT_NE(port.reason(peer).find("UDP port"), std::string::npos);
}

TEST_F(PortTest, TheBrowserHangsUpByDtls) {
  connect();
  browser.dtls->close(browser.collect());
  carry(kHome);
  EXPECT_EQ(heard.events.back().second, PeerEvent::kClosed);
}

TEST_F(PortTest, RemovedPeersLeaveNothingBehind) {
  connect();
  const PeerId old = peer;
  port.remove(peer);
  EXPECT_EQ(port.size(), 0u);
  EXPECT_FALSE(port.local(old));
  receive(sound(1), kHome);
  EXPECT_TRUE(heard.rtp.empty());
  add();
  EXPECT_FALSE(port.connected(old));
  EXPECT_NE(old, peer);
}

TEST_F(PortTest, AFullPortRefusesAndEveryPeerHasItsOwnName) {
  for (int i = 0; i < 3; ++i) add();
  const auto fourth = port.add({browser.credentials, browser.own->fingerprint()}, now);
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, ErrorCode::kLimit);
}

TEST_F(PortTest, TheAnswersLinesAreComplete) {
  add();
  const auto lines = port.local(peer);
  EXPECT_EQ(lines->setup, "passive");
  EXPECT_EQ(lines->fingerprint.size(), 8 + 95u);
  ASSERT_EQ(lines->candidates.size(), 1u);
  EXPECT_EQ(lines->candidates[0].at, kServer);
  EXPECT_EQ(lines->candidates[0].priority, 2130706431u);
}

TEST(Fingerprint, IsReadAsWrittenAndNothingElse) {
  const Fingerprint own = context()->fingerprint();
  EXPECT_EQ(*Fingerprint::parse(own.text()), own);
  std::string lower = own.text();
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(*Fingerprint::parse(lower), own);
  for (const std::string bad : {"", "sha-256", "md5 AA:BB", "sha-256 AA:BB", "sha-256 zz"}) {
    EXPECT_FALSE(Fingerprint::parse(bad)) << bad;
  }
  EXPECT_FALSE(Fingerprint::parse(own.text() + ":AA"));
}

TEST(Demultiplexing, TheFirstByteTellsTheKind) {
  const auto kind = [](std::uint8_t first, std::uint8_t second = 0) {
    std::vector<std::uint8_t> d{first, second, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    return kind_of(d);
  };
  EXPECT_EQ(kind(0), Kind::kStun);
  EXPECT_EQ(kind(22), Kind::kDtls);
  EXPECT_EQ(kind(128, 111), Kind::kRtp);
  EXPECT_EQ(kind(128, 200), Kind::kRtcp);
  EXPECT_EQ(kind(64), Kind::kUnknown);
  EXPECT_EQ(kind(200), Kind::kUnknown);
  EXPECT_EQ(kind_of({}), Kind::kUnknown);
}

TEST(Srtp, SdesKeysWorkForEverySuite) {
  for (const auto name : {"AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"}) {
    const auto profile = srtp_profile_of(name);
    ASSERT_TRUE(profile);
    const SrtpKey key = make_srtp_key(*profile);
    auto out = Srtp::make(key, Srtp::Direction::kSend);
    auto in = Srtp::make(key, Srtp::Direction::kReceive);
    ASSERT_TRUE(out && in);
    std::vector<std::uint8_t> buffer(172 + kSrtpSpare);
    rtp::write_header(buffer, {false, 8, 1, 2, 3});
    std::size_t size = 172;
    ASSERT_TRUE(out->protect(buffer, size));
    ASSERT_TRUE(in->unprotect(buffer, size)) << name;
    EXPECT_EQ(size, 172u);
  }
  EXPECT_FALSE(srtp_profile_of("F8_128_HMAC_SHA1_80"));
  SrtpKey cut = make_srtp_key(SrtpProfile::kAeadAes128Gcm);
  cut.size = 20;
  EXPECT_FALSE(Srtp::make(cut, Srtp::Direction::kSend));
}

}  // namespace
}  // namespace carillon::webrtc
