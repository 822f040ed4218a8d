// Bridged G.711 calls, 20 ms packets both ways: what a call costs in the media engine, next to a bare relay in the same run.
//
//   voice.bare_cpu_ms         CPU-ms per call-second of epoll, recvfrom, sendto and nothing else
//   voice.relay_cpu_ms        the same of the engine;  voice.relay_over_bare  their ratio
//   voice.record_cpu_ms       with a recording of both channels
//   voice.webrtc_cpu_ms       one leg a browser: ICE, DTLS, SRTP with AES-128-GCM, all on one port;  voice.kb_per_call_webrtc
//   voice.mix_cpu_ms          PCMU to PCMA: decoded, mixed, encoded;  voice.mix_delay_p99_ms  its added delay, one way
//   voice.relay_loss          share of packets that did not arrive;  voice.relay_delay_p99_ms  added delay, one way
//   voice.kb_per_call_sip     resident memory of a relayed call
//   voice.relay_calls_per_core  the most calls at once, in steps of 250 up to --most, of whose packets less than 0.1 % were lost
//
// The engine runs on core 0, the telephones on core 1: where these cannot send as many packets as a step needs, more calls are not
// tried, and that is said.
//
//   bench_voice [--calls N] [--seconds S] [--only relay|record|webrtc|mix|calls] [--most N]
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/check.h"
#include "bench/figure.h"
#include "bench/voice_generator.h"
#include "voice/media/engine.h"
#include "voice/media/sockets.h"

namespace carillon::bench {
namespace {

const auto kLoopback = voice::IpAddress::v4(127, 0, 0, 1);
constexpr double kWarmUp = 1;

struct Cost {
  double cpu_ms = 0;  // per call-second
  double kb_per_call = 0;
  Heard heard;
};

// Runs the generator against `ports` while the CPU time of this process is watched.
Cost measure(Generator& generator, const std::vector<std::uint16_t>& ports, int calls, double seconds,
             const std::vector<BrowserEnd>& browsers = {}) {
  generator.talk_to(ports, browsers);
  std::this_thread::sleep_for(std::chrono::duration<double>(kWarmUp));
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  Cost cost;
  cost.cpu_ms = (cpu_seconds() - before) * 1000 / seconds / calls;
  cost.heard = generator.finish();
  return cost;
}

Cost bare(int calls, double seconds) {
  Generator generator(calls, seconds + kWarmUp + 0.5, 1, false);
  stay_on(0);
  const std::size_t n = generator.ports().size();
  std::vector<media::Socket> sockets;
  std::vector<media::SocketAddress> to;
  std::vector<std::uint16_t> ports;
  const media::Socket epoll(::epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < n; ++i) {
    sockets.push_back(media::bind_udp({kLoopback, 0}).value());
    ports.push_back(voice::local_endpoint(sockets.back())->port);
    to.push_back(media::SocketAddress::from({kLoopback, generator.ports()[i]}));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    CARILLON_CHECK(::epoll_ctl(epoll.fd(), EPOLL_CTL_ADD, sockets.back().fd(), &event) == 0);
  }
  std::atomic<bool> ending{false};
  std::thread relay([&] {
    std::array<epoll_event, 256> ready;
    std::array<std::uint8_t, 2048> bytes;
    while (!ending) {
      const int got = ::epoll_wait(epoll.fd(), ready.data(), 256, 100);
      for (int i = 0; i < got; ++i) {
        const std::size_t at = ready[static_cast<std::size_t>(i)].data.u64, other = at ^ 1;
        sockaddr_storage from;
        socklen_t from_size = sizeof from;
        const ssize_t size =
            ::recvfrom(sockets[at].fd(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
        if (size <= 0) continue;
        ::sendto(sockets[other].fd(), bytes.data(), static_cast<std::size_t>(size), MSG_DONTWAIT, to[other].raw(),
                 to[other].size);
      }
    }
  });
  const Cost cost = measure(generator, ports, calls, seconds);
  ending = true;
  relay.join();
  return cost;
}

struct Wanted {
  bool record = false, browsers = false, mix = false;
};

Cost engine(int calls, double seconds, Wanted wanted) {
  Generator generator(calls, seconds + kWarmUp + 0.5, 1, wanted.browsers,
                      wanted.mix ? Timing::kMarks : Timing::kStamps);
  stay_on(0);
  media::Engine::Config config{.bind_v4 = kLoopback, .first_port = 30000, .last_port = 59999};
  if (wanted.browsers) config.browsers_bind = {{kLoopback, 0}};
  auto engine = media::Engine::start(config).value();
  const auto folder = std::filesystem::temp_directory_path() / ("carillon-bench-voice-" + std::to_string(::getpid()));
  if (wanted.record) std::filesystem::create_directory(folder);
  const double kb_before = resident_kb();
  std::vector<std::uint16_t> ports;
  std::vector<BrowserEnd> browsers;
  for (int c = 0; c < calls; ++c) {
    const media::RoomId room = engine->next_id();
    std::vector<media::LegId> legs;
    for (int side = 0; side < 2; ++side) {
      if (wanted.browsers && side == 1) {
        const BrowserEnd& end = generator.browsers()[static_cast<std::size_t>(c)];
        const auto leg =
            engine->open_browser({}, end.credentials(), webrtc::Fingerprint::parse(end.fingerprint.data()).value())
                .value();
        browsers.push_back(BrowserEnd::of(leg.local.candidates.at(0).at.port, {leg.local.ufrag, leg.local.password},
                                          leg.local.fingerprint));
        ports.push_back(0);
        legs.push_back(leg.id);
        engine->join(room, leg.id, media::Role::kAgent).ok();
        continue;
      }
      media::Format format;
      if (wanted.mix && side == 1) format.codec = media::Codec::kPcma;  // the packets still say 0: the cost is the same
      const auto leg = engine->open_sip({.format = format}).value();
      const voice::Endpoint remote{kLoopback, generator.ports()[static_cast<std::size_t>(c * 2 + side)]};
      engine->set_remote(leg.id, remote, rtp::Latch::Trust::kAnySource).ok();
      engine->join(room, leg.id, side ? media::Role::kAgent : media::Role::kCustomer).ok();
      ports.push_back(leg.local.port);
      legs.push_back(leg.id);
      if (c % 64 == 63) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the mailbox is bounded
    }
    if (wanted.record) {
      CARILLON_CHECK(engine->start_recording({.path = folder / std::to_string(c), .key = {1}, .legs = legs}).ok());
    }
  }
  Cost cost = measure(generator, ports, calls, seconds, browsers);
  cost.kb_per_call = (resident_kb() - kb_before) / calls;
  engine.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return cost;
}

// In a process of its own, so that memory and threads of one measurement do not count in the next.
Cost apart(const std::function<Cost()>& run) {
  int fds[2];
  CARILLON_CHECK(::pipe2(fds, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Cost cost = run();
    CARILLON_CHECK(::write(fds[1], &cost, sizeof cost) == sizeof cost);
    ::_exit(0);
  }
  Cost cost;
  CARILLON_CHECK(::read(fds[0], &cost, sizeof cost) == sizeof cost);
  ::close(fds[0]);
  ::close(fds[1]);
  ::waitpid(child, nullptr, 0);
  return cost;
}

double loss_of(const Heard& heard) {
  // The engine's own silence before a call talks may make it more.
  return heard.sent == 0 ? 1 : std::max(0.0, 1 - static_cast<double>(heard.received) / static_cast<double>(heard.sent));
}

void tell(const char* name, const Cost& cost) {
  std::fprintf(stderr, "%-8s %.3f CPU-ms per call-second, loss %.4f %%, delay p50 %.3f p99 %.3f ms, %.1f KB a call\n",
               name, cost.cpu_ms, loss_of(cost.heard) * 100, cost.heard.delay_p50_ms, cost.heard.delay_p99_ms,
               cost.kb_per_call);
}

bool holds(int calls, double seconds) {
  constexpr double kLoss = 0.001, kLateMs = 250;
  const Cost cost = apart([&] { return engine(calls, seconds, {}); });
  tell((std::to_string(calls) + " calls").c_str(), cost);
  const bool late = cost.heard.behind_ms > kLateMs;
  if (late) std::fprintf(stderr, "the telephones were %.0f ms late: their core sends no more\n", cost.heard.behind_ms);
  return !late && loss_of(cost.heard) < kLoss;
}

int most_held(int most, double seconds) {
  constexpr int kBegin = 1000, kStepCalls = 250;
  int calls = std::min(kBegin, most);
  if (holds(calls, seconds)) {
    while (calls + kStepCalls <= most && holds(calls + kStepCalls, seconds)) calls += kStepCalls;
    return calls;
  }
  do calls -= kStepCalls;
  while (calls > 0 && !holds(calls, seconds));
  return std::max(calls, 0);
}

int run(int calls, double seconds, const std::string& only, int most) {
  const auto wants = [&](const char* name) { return only.empty() || only == name; };
  if (wants("relay")) {
    const Cost plain = apart([&] { return bare(calls, seconds); });
    const Cost relay = apart([&] { return engine(calls, seconds, {}); });
    tell("bare", plain);
    tell("relay", relay);
    print_figure("voice.bare_cpu_ms", plain.cpu_ms, "ms");
    print_figure("voice.relay_cpu_ms", relay.cpu_ms, "ms");
    print_figure("voice.relay_over_bare", relay.cpu_ms / plain.cpu_ms, "x");
    print_figure("voice.relay_loss", loss_of(relay.heard), "share");
    print_figure("voice.relay_delay_p99_ms", std::max(relay.heard.delay_p99_ms - plain.heard.delay_p50_ms, 0.0), "ms");
    print_figure("voice.kb_per_call_sip", relay.kb_per_call, "KB");
  }
  if (wants("record")) {
    const Cost cost = apart([&] { return engine(calls, seconds, {.record = true}); });
    tell("record", cost);
    print_figure("voice.record_cpu_ms", cost.cpu_ms, "ms");
  }
  if (wants("webrtc")) {
    const Cost cost = apart([&] { return engine(calls, seconds, {.browsers = true}); });
    tell("webrtc", cost);
    print_figure("voice.webrtc_cpu_ms", cost.cpu_ms, "ms");
    print_figure("voice.webrtc_loss", loss_of(cost.heard), "share");
    print_figure("voice.kb_per_call_webrtc", cost.kb_per_call, "KB");
  }
  if (wants("mix")) {
    const Cost cost = apart([&] { return engine(calls, seconds, {.mix = true}); });
    tell("mix", cost);
    print_figure("voice.mix_cpu_ms", cost.cpu_ms, "ms");
    print_figure("voice.mix_delay_p99_ms", cost.heard.delay_p99_ms, "ms");
  }
  if (wants("calls")) print_figure("voice.relay_calls_per_core", most_held(most, seconds), "calls");
  return 0;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
  int calls = 200, most = 2000;
  double seconds = 10;
  std::string only;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--calls") calls = std::max(1, std::atoi(argv[i + 1]));
    if (name == "--seconds") seconds = std::max(1.0, std::atof(argv[i + 1]));
    if (name == "--most") most = std::max(1, std::atoi(argv[i + 1]));
    if (name == "--only") only = argv[i + 1];
  }
  // A call takes four sockets, and two of the generator's.
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return carillon::bench::run(calls, seconds, only, most);
}
