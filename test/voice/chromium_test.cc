// Goal: a real browser and a telephone hear each other, with either codec, and the browser's keys arrive. The page says a tone of
// 400 Hz, the telephone one of 700 Hz; each side measures what it hears. Nothing sleeps: the loop waits for packets and requests.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>

#include "voice/media/engine.h"
#include "voice/media/sockets.h"
#include "voice/media/testing/telephone.h"
#include "voice/page_door.h"
#include "voice/sdp/negotiation.h"

namespace carillon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace sdp = voice::sdp;

const auto kLoopback = voice::IpAddress::v4(127, 0, 0, 1);
constexpr media::Format kPhone{.codec = media::Codec::kPcmu, .payload_type = 0, .event_payload_type = 101};
constexpr media::RoomId kRoom = 1;

constexpr const char* kPage = R"html(<!doctype html><script>
const post = async (path, body) => (await fetch(path, {method: 'POST', body})).text();
async function call(codec) {
  const sound = new AudioContext();
  await sound.resume();
  const tone = sound.createOscillator(), quieter = sound.createGain(), mouth = sound.createMediaStreamDestination();
  tone.frequency.value = 400;
  quieter.gain.value = 0.3;
  tone.connect(quieter).connect(mouth);
  tone.start();
  const peer = new RTCPeerConnection();
  const heard = new Promise(done => peer.ontrack = e => done(e.streams[0]));
  const sender = peer.addTrack(mouth.stream.getAudioTracks()[0], mouth.stream);
  peer.addTransceiver('video');
  peer.createDataChannel('other');
  await peer.setLocalDescription(await peer.createOffer());
  await peer.setRemoteDescription({type: 'answer', sdp: await post('/offer/' + codec, peer.localDescription.sdp)});
  const stream = await heard, player = new Audio(), ear = sound.createAnalyser();
  player.srcObject = stream;
  player.muted = true;
  player.play();
  ear.fftSize = 4096;
  const ticks = sound.createScriptProcessor(4096, 1, 1);  // tells when so much more was heard
  sound.createMediaStreamSource(stream).connect(ear).connect(ticks).connect(sound.destination);
  const bins = new Float32Array(ear.frequencyBinCount);
  for (;;) {
    await new Promise(done => ticks.onaudioprocess = done);
    ear.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    if (sender.dtmf && sender.dtmf.canInsertDTMF && !sender.dtmf.toneBuffer) sender.dtmf.insertDTMF('5');
    const found = {hz: loudest * sound.sampleRate / ear.fftSize, db: bins[loudest], state: peer.connectionState};
    if (await post('/heard/' + codec, JSON.stringify(found)) == 'enough') break;
  }
  peer.close();
  sound.close();
}
(async () => {
  try {
    for (const codec of ['pcmu', 'opus']) await call(codec);
    await post('/end', 'well');
  } catch (e) { await post('/end', String(e)); }
})();
</script>)html";

media::Format format_of(const sdp::AgreedAudio& audio) {
  media::Format out;
  out.codec = static_cast<media::Codec>(audio.codec);
  out.payload_type = audio.send_payload;
  out.event_payload_type = audio.send_event;
  out.receive_payload_type = audio.receive_payload;
  out.receive_event_payload_type = audio.receive_event;
  out.send = audio.send;
  out.receive = audio.receive;
  return out;
}

double number_after(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\"" + name + "\":");
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + name.size() + 3, nullptr);
}

class ChromiumTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::Chromium::is_installed()) GTEST_SKIP() << "chromium is not installed";
    media::Engine::Config config;
    config.bind_v4 = kLoopback;
    config.first_port = static_cast<std::uint16_t>(30000 + ::getpid() % 200 * 100);
    config.last_port = static_cast<std::uint16_t>(config.first_port + 99);
    config.browsers_bind = {{kLoopback, 0}};
    engine = media::Engine::start(std::move(config)).value();
    socket.emplace(media::bind_udp({kLoopback, 0}).value());
    const auto leg = engine->open_sip({.format = kPhone}).value();
    phone_at = leg.local;
    ASSERT_TRUE(engine->set_remote(leg.id, voice::local_endpoint(*socket).value(), rtp::Latch::Trust::kAnySource));
    ASSERT_TRUE(engine->join(kRoom, leg.id, media::Role::kCustomer));
  }

  std::string answer(const std::string& codec, const std::string& offer_text) {
    if (browser != 0) (void)engine->close(browser);
    phone.heard.clear();
    key = 0;
    const auto offer = sdp::parse(offer_text).value();
    const std::vector<sdp::Voice> prefer = {codec == "opus" ? sdp::Voice::kOpus : sdp::Voice::kPcmu};
    const auto wish = sdp::read_browser_offer(offer, prefer).value();
    const auto leg = engine
                         ->open_browser({.format = format_of(wish.audio)}, {wish.ufrag, wish.password},
                                        webrtc::Fingerprint::parse(wish.fingerprint).value())
                         .value();
    browser = leg.id;
    EXPECT_TRUE(engine->join(kRoom, browser, media::Role::kAgent));
    sdp::OurBrowser ours{
        .ufrag = leg.local.ufrag, .password = leg.local.password, .fingerprint = leg.local.fingerprint};
    for (const auto& c : leg.local.candidates) ours.candidates.push_back({c.foundation, c.priority, c.at});
    ours.session_id = browser;
    ours.prefer = prefer;
    return sdp::print(sdp::answer_browser(offer, ours).value().sdp);
  }

  double phone_hears(int hz) const {
    return phone.heard.size() < 1600 ? 0 : media::testing::strength(media::Samples(phone.heard).last(1600), 8000, hz);
  }

  std::string on_request(const std::string& path, const std::string& body) {
    if (path == "/") return kPage;
    if (path.starts_with("/offer/")) return answer(path.substr(7), body);
    if (path == "/end") return end = body, "";
    if (!path.starts_with("/heard/")) return "";
    last = path + ' ' + body + " telephone: " + std::to_string(phone_hears(400)) + " key: " + key;
    const bool heard = std::abs(number_after(body, "hz") - 700) < 15 && number_after(body, "db") > -50;
    if (!heard || phone_hears(400) < 0.1 || key != '5') return "more";
    calls.push_back(path.substr(7));
    return "enough";
  }

  void speak() {
    const std::size_t size = phone.speak(buffer);
    const media::SocketAddress to = media::SocketAddress::from(phone_at);
    ::sendto(socket->fd(), buffer.data(), size, 0, to.raw(), to.size);
  }

  void hear() {
    std::uint8_t bytes[2048];
    const ssize_t n = ::recv(socket->fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0) phone.hear({bytes, static_cast<std::size_t>(n)});
  }

  void watch() {
    engine->poll([this](const media::Event& event) {
      const auto* pressed = std::get_if<media::DigitPressed>(&event);
      if (pressed && pressed->leg == browser) key = pressed->digit;
    });
  }

  // Until the page says that it has ended, or for a minute.
  void run() {
    const testing::Chromium chromium(door.address());
    const auto give_up = Clock::now() + 60s;
    auto next = Clock::now();
    while (end.empty() && Clock::now() < give_up) {
      if (Clock::now() >= next) speak(), next += 20ms;
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now()).count();
      pollfd waits[] = {{door.fd(), POLLIN, 0}, {socket->fd(), POLLIN, 0}};
      ::poll(waits, 2, static_cast<int>(std::max<std::int64_t>(left, 0)));
      if (waits[1].revents) hear();
      watch();
      if (waits[0].revents) door.serve([this](const auto& path, const auto& body) { return on_request(path, body); });
    }
  }

  testing::PageDoor door;
  std::unique_ptr<media::Engine> engine;
  std::optional<media::Socket> socket;
  media::testing::Telephone phone{kPhone, 700};
  voice::Endpoint phone_at;
  media::LegId browser = 0;
  std::vector<std::uint8_t> buffer;
  char key = 0;
  std::string end, last;
  std::vector<std::string> calls;  // whose sound was measured at both ends
};

TEST_F(ChromiumTest, ABrowserAndATelephoneHearEachOtherWithEitherCodec) {
  run();
  EXPECT_EQ(end, "well") << last;
  EXPECT_EQ(calls, (std::vector<std::string>{"pcmu", "opus"})) << last;
}

}  // namespace
}  // namespace carillon
