// The engine with real sockets on loopback. Nothing sleeps: a telephone waits for packets with a limit.
#include "voice/media/engine.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numbers>
#include <set>

#include "voice/media/sockets.h"
#include "voice/media/testing/telephone.h"
#include "voice/webrtc/integrity.h"

namespace carillon::media {
namespace {

constexpr Format kMu{.codec = Codec::kPcmu, .payload_type = 0, .event_payload_type = 101};
const auto kLoopback = voice::IpAddress::v4(127, 0, 0, 1);
const auto kLoopback6 = *voice::IpAddress::parse("::1");

// A telephone with a socket. Each exchange() says 20 ms and takes what has come.
class Wire {
 public:
  explicit Wire(int hz, const voice::IpAddress& ip = kLoopback)
      : phone(kMu, hz), socket_(bind_udp({ip, 0}).value()), at(local_endpoint(socket_).value()) {}

  void speak(const voice::Endpoint& to) {
    const std::size_t size = phone.speak(buffer_);
    std::size_t n = size;
    if (out) {
      ASSERT_TRUE(out->protect(buffer_, n));
    }
    const SocketAddress address = SocketAddress::from(to);
    ::sendto(socket_.fd(), buffer_.data(), n, 0, address.raw(), address.size);
  }
  // False when nothing came in time.
  bool hear(int ms = 2000) {
    pollfd p{socket_.fd(), POLLIN, 0};
    if (::poll(&p, 1, ms) <= 0) return false;
    std::uint8_t bytes[2048];
    SocketAddress from;
    from.size = sizeof from.storage;
    const ssize_t n = ::recvfrom(socket_.fd(), bytes, sizeof bytes, 0, from.raw(), &from.size);
    if (n <= 0) return false;
    heard_from = from.endpoint();
    auto size = static_cast<std::size_t>(n);
    if (in && !in->unprotect(bytes, size)) return true;
    phone.hear({bytes, size});
    return true;
  }
  // Of the last 200 ms; 0 before so much was heard.
  double strength(int hz) const {
    return phone.heard.size() < 1600 ? 0 : testing::strength(Samples(phone.heard).last(1600), 8000, hz);
  }

  testing::Telephone phone;
  std::optional<webrtc::Srtp> in, out;
  voice::Endpoint heard_from;

 private:
  Socket socket_;
  std::vector<std::uint8_t> buffer_;

 public:
  voice::Endpoint at;
};

class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Engine::Config config;
    config.bind_v4 = kLoopback;
    config.bind_v6 = kLoopback6;
    config.first_port = static_cast<std::uint16_t>(20000 + ::getpid() % 300 * 100);
    config.last_port = static_cast<std::uint16_t>(config.first_port + 99);
    config.browsers_bind = {{kLoopback, 0}};
    config.max_legs = 20;
    config.on_events = [this] {
      const std::lock_guard held(lock);
      woken = true;
      wake.notify_one();
    };
    auto started = Engine::start(std::move(config));
    ASSERT_TRUE(started) << started.error().message;
    engine = std::move(started).value();
  }
  // Waits until `wanted` is among the events; those before it are kept in `seen`.
  template <class T>
  std::optional<T> await(const std::function<bool(const T&)>& wanted = [](const T&) { return true; }) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
      for (std::size_t i = 0; i < seen.size(); ++i) {
        if (const auto* t = std::get_if<T>(&seen[i]); t && wanted(*t)) {
          T found = *t;
          seen.erase(seen.begin() + static_cast<std::ptrdiff_t>(i));
          return found;
        }
      }
      if (engine->poll([&](Event e) { seen.push_back(std::move(e)); }) > 0) continue;
      std::unique_lock held(lock);
      if (!wake.wait_until(held, deadline, [&] { return woken; })) return std::nullopt;
      woken = false;
    }
  }
  SipLeg open(Wire& wire, LegOptions options = {.format = kMu}) {
    const auto leg = engine->open_sip(options);
    EXPECT_TRUE(leg) << leg.error().message;
    EXPECT_TRUE(engine->set_remote(leg->id, wire.at, rtp::Latch::Trust::kAnySource));
    return *leg;
  }

  std::mutex lock;
  std::condition_variable wake;
  bool woken = false;
  std::vector<Event> seen;
  std::unique_ptr<Engine> engine;
};

TEST_F(EngineTest, TwoTelephonesHearEachOther) {
  Wire a(400), b(700);
  const SipLeg one = open(a), two = open(b);
  ASSERT_TRUE(engine->join(99, one.id, Role::kCustomer));
  ASSERT_TRUE(engine->join(99, two.id, Role::kAgent));
  for (int i = 0; i < 400 && !(a.strength(700) > 0.15 && b.strength(400) > 0.15); ++i) {
    a.speak(one.local);
    b.speak(two.local);
    ASSERT_TRUE(a.hear() && b.hear());
  }
  EXPECT_GT(a.strength(700), 0.15);
  EXPECT_GT(b.strength(400), 0.15);
  EXPECT_EQ(a.heard_from, one.local);
  EXPECT_GT(engine->counts().packets_in, 10u);
}

TEST_F(EngineTest, AnIpv6TelephoneTalksToAnIpv4One) {
  Wire a(400, kLoopback6), b(700);
  const SipLeg one = open(a, {.format = kMu, .v6 = true}), two = open(b);
  engine->join(99, one.id, Role::kCustomer).ok();
  engine->join(99, two.id, Role::kAgent).ok();
  for (int i = 0; i < 400 && !(a.strength(700) > 0.15 && b.strength(400) > 0.15); ++i) {
    a.speak(one.local);
    b.speak(two.local);
    ASSERT_TRUE(a.hear() && b.hear());
  }
  EXPECT_GT(a.strength(700), 0.15);
}

TEST_F(EngineTest, MusicIsHeardAtTheRhythmOfTheClock) {
  Wire a(400);
  const SipLeg leg = open(a);
  engine->play(leg.id, {.id = 3, .items = {make_tone({{900, 0, -10, Duration::millis(400), {}}})}}).ok();
  const auto began = std::chrono::steady_clock::now();
  const auto ended = await<ScriptEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome.end, ScriptEnd::kPlayed);
  const auto passed = std::chrono::steady_clock::now() - began;
  EXPECT_GE(passed, std::chrono::milliseconds(350));
  while (a.hear(0)) {
  }
  EXPECT_GT(testing::strength(a.phone.heard, 8000, 900), 0.1);
}

TEST_F(EngineTest, SomebodyElsesPacketsAreNotHeard) {
  Wire a(400), b(700), thief(1500);
  const SipLeg one = open(a), two = open(b);
  engine->join(99, one.id, Role::kCustomer).ok();
  engine->join(99, two.id, Role::kAgent).ok();
  for (int i = 0; i < 60; ++i) {
    a.speak(one.local);
    b.speak(two.local);
    if (i > 5) thief.speak(one.local);
    ASSERT_TRUE(a.hear() && b.hear());
  }
  EXPECT_LT(b.strength(1500), 0.02);
  EXPECT_FALSE(thief.hear(0));
}

TEST_F(EngineTest, EncryptedBySdesInBothDirections) {
  Wire a(400), b(700);
  const SipLeg one = open(a), two = open(b);
  const auto ours = webrtc::make_srtp_key(webrtc::SrtpProfile::kAes128CmSha1_80);
  const auto theirs = webrtc::make_srtp_key(webrtc::SrtpProfile::kAes128CmSha1_80);
  engine->set_srtp(one.id, ours, theirs).ok();
  a.in.emplace(webrtc::Srtp::make(ours, webrtc::Srtp::Direction::kReceive).value());
  a.out.emplace(webrtc::Srtp::make(theirs, webrtc::Srtp::Direction::kSend).value());
  engine->join(99, one.id, Role::kCustomer).ok();
  engine->join(99, two.id, Role::kAgent).ok();
  for (int i = 0; i < 400 && !(a.strength(700) > 0.15 && b.strength(400) > 0.15); ++i) {
    a.speak(one.local);
    b.speak(two.local);
    ASSERT_TRUE(a.hear() && b.hear());
  }
  EXPECT_GT(a.strength(700), 0.15);
  EXPECT_GT(b.strength(400), 0.15);
}

TEST_F(EngineTest, ABrowserAndATelephoneHearEachOther) {
  Wire browser(400), b(700);
  auto own = webrtc::DtlsContext::make().value();
  const webrtc::IceCredentials credentials{"brow", "browser-password-browser"};
  const auto opened = engine->open_browser({.format = kMu}, credentials, own->fingerprint());
  ASSERT_TRUE(opened) << opened.error().message;
  const auto to = opened->local.candidates.at(0).at;
  const SipLeg two = open(b);
  engine->join(99, opened->id, Role::kAgent).ok();
  engine->join(99, two.id, Role::kCustomer).ok();

  const Socket socket = bind_udp({kLoopback, 0}).value();
  const SocketAddress address = SocketAddress::from(to);
  const auto send = [&](webrtc::Bytes d) { ::sendto(socket.fd(), d.data(), d.size(), 0, address.raw(), address.size); };
  webrtc::Dtls dtls(own, webrtc::Dtls::Role::kClient, webrtc::Fingerprint::parse(opened->local.fingerprint).value());
  stun::Writer check(stun::kBinding, stun::Class::kRequest, {1});
  check.text(stun::kUsername, opened->local.ufrag + ":" + credentials.ufrag);
  check.number64(stun::kIceControlling, 1);
  check.flag(stun::kUseCandidate);
  webrtc::seal(check, opened->local.password);

  std::optional<webrtc::Srtp> in, out;
  std::vector<std::uint8_t> buffer, got(2048);
  bool started = false;
  for (int i = 0; i < 2000 && !(browser.strength(700) > 0.15 && b.strength(400) > 0.15); ++i) {
    if (!started) send(check.bytes());  // as browsers do: until there is an answer
    pollfd p{socket.fd(), POLLIN, 0};
    if (::poll(&p, 1, 20) > 0) {
      const ssize_t n = ::recv(socket.fd(), got.data(), got.size(), 0);
      ASSERT_GT(n, 0);
      auto size = static_cast<std::size_t>(n);
      const auto kind = webrtc::kind_of({got.data(), size});
      if (kind == webrtc::Kind::kStun && !std::exchange(started, true)) dtls.start(Instant{}, send);
      if (kind == webrtc::Kind::kDtls) dtls.handle({got.data(), size}, Instant{}, send);
      if (kind == webrtc::Kind::kRtp && in && in->unprotect({got.data(), size}, size))
        browser.phone.hear({got.data(), size});
    }
    if (dtls.keys() && !in) {
      in.emplace(webrtc::Srtp::make(dtls.keys()->remote, webrtc::Srtp::Direction::kReceive).value());
      out.emplace(webrtc::Srtp::make(dtls.keys()->local, webrtc::Srtp::Direction::kSend).value());
    }
    if (!out) continue;
    std::size_t size = browser.phone.speak(buffer);
    ASSERT_TRUE(out->protect(buffer, size));
    send({buffer.data(), size});
    b.speak(two.local);
    while (b.hear(0)) {
    }
  }
  EXPECT_GT(browser.strength(700), 0.15);
  EXPECT_GT(b.strength(400), 0.15);
  EXPECT_TRUE(await<TransportChanged>([](const TransportChanged& t) { return t.state == Transport::kConnected; }));
}

TEST_F(EngineTest, ARecordingIsMadeToldAndReadable) {
  Wire a(400), b(700);
  const SipLeg one = open(a), two = open(b);
  engine->join(99, one.id, Role::kCustomer).ok();
  engine->join(99, two.id, Role::kAgent).ok();
  const auto path = std::filesystem::temp_directory_path() / ("carillon-engine-" + std::to_string(::getpid()) + ".rec");
  std::filesystem::remove(path);
  const auto recording = engine->start_recording({.path = path, .key = {7}, .legs = {one.id, two.id}});
  ASSERT_TRUE(recording) << recording.error().message;
  for (int i = 0; i < 50; ++i) {
    a.speak(one.local);
    b.speak(two.local);
    ASSERT_TRUE(a.hear() && b.hear());
  }
  engine->stop_recording(*recording).ok();
  const auto done = await<RecordingDone>();
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->whole) << done->fault;
  EXPECT_GT(done->bytes, 64u);
  EXPECT_TRUE(read_recording(path, {7}, [](auto) { return true; }));
  EXPECT_EQ(engine->counts().recordings, 0u);
  std::filesystem::remove(path);
}

TEST_F(EngineTest, ClosedLegsGiveTheirPortsBack) {
  std::vector<LegId> legs;
  for (int i = 0; i < 20; ++i) legs.push_back(engine->open_sip({.format = kMu}).value().id);
  const auto more = engine->open_sip({.format = kMu});
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kLimit);
  EXPECT_EQ(engine->counts().ports, 20u);
  for (const LegId id : legs) engine->close(id).ok();
  for (const LegId id : legs) EXPECT_TRUE(await<Quality>([&](const Quality& q) { return q.leg == id && q.last; }));
  // The counters follow the last event by an instant; opening again waits for nothing else.
  engine->play(1234, {.id = 5}).ok();
  ASSERT_TRUE(await<ScriptEnded>());
  EXPECT_EQ(engine->counts().ports, 0u);
  EXPECT_EQ(engine->counts().legs, 0u);
}

TEST_F(EngineTest, CommandsForALegThatIsGoneDoNothing) {
  EXPECT_TRUE(engine->close(12345));
  EXPECT_TRUE(engine->join(1, 12345, Role::kAgent));
  EXPECT_TRUE(engine->set_hold(12345, true));
  EXPECT_TRUE(engine->send_digits(12345, "1"));
  engine->play(12345, {.id = 8}).ok();
  const auto ended = await<ScriptEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome.end, ScriptEnd::kLegClosed);
}

}  // namespace
}  // namespace carillon::media
