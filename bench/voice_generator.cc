#include "bench/voice_generator.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>

#include "base/check.h"
#include "base/clock.h"
#include "bench/browser_peer.h"
#include "voice/media/g711.h"
#include "voice/media/sockets.h"
#include "voice/rtp/packet.h"

namespace carillon::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::int64_t kStepNs = 20'000'000;
constexpr std::uint16_t kMarkEvery = 50;  // packets
constexpr int kLoud = 3000;
constexpr std::int64_t kPatienceNs = 60'000'000'000;  // for all browsers to connect

std::int64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now().time_since_epoch()).count();
}

void write_all(int fd, const void* data, std::size_t bytes) {
  const auto* p = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t n = ::write(fd, p, bytes);
    CARILLON_CHECK(n > 0);
    p += n;
    bytes -= static_cast<std::size_t>(n);
  }
}

void read_all(int fd, void* data, std::size_t bytes) {
  auto* p = static_cast<char*>(data);
  while (bytes > 0) {
    const ssize_t n = ::read(fd, p, bytes);
    CARILLON_CHECK(n > 0);
    p += n;
    bytes -= static_cast<std::size_t>(n);
  }
}

struct Phone {
  media::Socket socket;
  media::SocketAddress to;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::optional<BrowserPeer> browser;
  std::int64_t marked = 0;  // when it was loud and nobody has heard it yet
};

class Talk {
 public:
  Talk(int calls, bool browsers, Timing timing)
      : phones_(static_cast<std::size_t>(calls) * 2), epoll_(::epoll_create1(0)), timing_(timing) {
    if (browsers) certificate_ = webrtc::DtlsContext::make().value();
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      Phone& phone = phones_[i];
      phone.ssrc = static_cast<std::uint32_t>(i + 1);
      if (browsers && i % 2 == 1) {
        phone.browser.emplace(certificate_);
      } else {
        phone.socket = media::bind_udp({voice::IpAddress::v4(127, 0, 0, 1), 0}).value();
      }
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      const int fd = phone.browser ? phone.browser->fd() : phone.socket.fd();
      CARILLON_CHECK(::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event) == 0);
    }
  }

  std::vector<std::uint16_t> ports() const {
    std::vector<std::uint16_t> out;
    for (const Phone& phone : phones_) out.push_back(phone.browser ? 0 : voice::local_endpoint(phone.socket)->port);
    return out;
  }
  std::vector<BrowserEnd> browsers() const {
    std::vector<BrowserEnd> out;
    for (const Phone& phone : phones_) {
      if (phone.browser) {
        out.push_back(BrowserEnd::of(0, phone.browser->credentials(), certificate_->fingerprint().text()));
      }
    }
    return out;
  }
  void talk_to(const std::vector<std::uint16_t>& ports, const std::vector<BrowserEnd>& browsers) {
    const auto loopback = voice::IpAddress::v4(127, 0, 0, 1);
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      if (!phones_[i].browser) {
        phones_[i].to = media::SocketAddress::from({loopback, ports[i]});
        continue;
      }
      const BrowserEnd& end = browsers[i / 2];
      phones_[i].browser->aim({loopback, end.port}, end.credentials(),
                              webrtc::Fingerprint::parse(end.fingerprint.data()).value());
    }
    const std::int64_t patience = nanoseconds() + kPatienceNs;
    while (!std::all_of(phones_.begin(), phones_.end(),
                        [](const Phone& p) { return !p.browser || p.browser->connected(); })) {
      CARILLON_CHECK(nanoseconds() < patience);
      look_after_browsers();
      hear(10);
    }
  }

  // Every telephone has its own moment within the 20 ms, as calls have.
  Heard run(double seconds) {
    const std::int64_t begin = nanoseconds(), end = begin + static_cast<std::int64_t>(seconds * 1e9);
    const std::int64_t between = kStepNs / static_cast<std::int64_t>(phones_.size());
    std::int64_t due = begin;
    for (std::size_t next = 0; due < end; due += between, next = (next + 1) % phones_.size()) {
      while (nanoseconds() < due) hear((due - nanoseconds()) > 1'000'000 ? 1 : 0);
      speak(next);
      if (certificate_ && nanoseconds() >= looked_ + kStepNs * 50) look_after_browsers();
    }
    heard_.behind_ms = static_cast<double>(nanoseconds() - end) / 1e6;
    for (const std::int64_t last = nanoseconds() + 200'000'000; nanoseconds() < last;) hear(10);
    std::sort(delays_.begin(), delays_.end());
    const auto at = [&](double share) {
      return delays_.empty() ? 0.0
                             : static_cast<double>(
                                   delays_[static_cast<std::size_t>(static_cast<double>(delays_.size() - 1) * share)]) /
                                   1e6;
    };
    heard_.delay_p50_ms = at(0.5);
    heard_.delay_p99_ms = at(0.99);
    return heard_;
  }

 private:
  static media::g711::Law law_of(std::size_t i) { return i % 2 ? media::g711::Law::kA : media::g711::Law::kMu; }

  void speak(std::size_t i) {
    Phone& phone = phones_[i];
    ++heard_.sent;
    std::array<std::uint8_t, 172 + webrtc::kSrtpSpare> bytes;
    const bool marks = timing_ == Timing::kMarks;
    bytes.fill(marks ? media::g711::silence_of(law_of(i)) : 0xff);
    // Each in its own step, not all in the same.
    const bool mark = marks && phone.sequence % kMarkEvery == i % kMarkEvery;
    for (std::size_t k = 12; mark && k < 172; ++k) bytes[k] = k % 8 < 4 ? 0xaa : 0x2a;  // loud in both laws
    rtp::write_header(bytes, {false, 0, phone.sequence++, phone.timestamp, phone.ssrc});
    phone.timestamp += 160;
    const std::int64_t now = nanoseconds();
    if (!marks) std::memcpy(&bytes[12], &now, sizeof now);
    if (mark) phone.marked = now;
    if (phone.browser) return phone.browser->send(bytes, 172);
    ::sendto(phone.socket.fd(), bytes.data(), 172, MSG_DONTWAIT, phone.to.raw(), phone.to.size);
  }
  void hear(int wait_ms) {
    std::array<epoll_event, 64> ready;
    const int n = ::epoll_wait(epoll_.fd(), ready.data(), 64, wait_ms);
    for (int i = 0; i < n; ++i) {
      const std::size_t which = ready[static_cast<std::size_t>(i)].data.u64;
      Phone& phone = phones_[which];
      std::array<std::uint8_t, 2048> bytes;
      bool any = false;
      const ssize_t got = phone.browser ? static_cast<ssize_t>(phone.browser->receive(bytes, clock_.now(), any))
                                        : ::recv(phone.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (got < 172) continue;
      if (timing_ == Timing::kMarks) {
        hear_mark(which, std::span(bytes).subspan(12, 160));
        continue;
      }
      std::int64_t sent = 0;
      std::memcpy(&sent, &bytes[12], sizeof sent);
      const std::int64_t passed = nanoseconds() - sent;
      if (passed < 0 || passed > 5'000'000'000) continue;  // silence of the engine's own, before the bridge
      ++heard_.received;
      delays_.push_back(passed);
    }
  }

  void look_after_browsers() {
    looked_ = nanoseconds();
    for (Phone& phone : phones_) {
      if (phone.browser) phone.browser->look_after(clock_.now());
    }
  }

  void hear_mark(std::size_t i, std::span<const std::uint8_t> payload) {
    ++heard_.received;
    Phone& other = phones_[i ^ 1];
    if (other.marked == 0) return;
    std::array<std::int16_t, 160> samples;
    media::g711::decode(law_of(i), payload, samples);
    const auto loud = std::find_if(samples.begin(), samples.end(), [](int s) { return s > kLoud || s < -kLoud; });
    if (loud == samples.end()) return;
    // A frame of a mix may begin within a packet: where the sound begins counts.
    delays_.push_back(nanoseconds() - other.marked + (loud - samples.begin()) * 125'000);
    other.marked = 0;
  }

  std::shared_ptr<const webrtc::DtlsContext> certificate_;
  std::vector<Phone> phones_;
  media::Socket epoll_;
  SystemClock clock_;
  std::int64_t looked_ = 0;
  Timing timing_;
  Heard heard_;
  std::vector<std::int64_t> delays_;
};

[[noreturn]] void be_child(int in, int out, int calls, double seconds, int cpu, bool with_browsers, Timing timing) {
  stay_on(cpu);
  Talk talk(calls, with_browsers, timing);
  std::vector<std::uint16_t> ports = talk.ports();
  std::vector<BrowserEnd> browsers = talk.browsers();
  write_all(out, ports.data(), ports.size() * 2);
  write_all(out, browsers.data(), browsers.size() * sizeof(BrowserEnd));
  read_all(in, ports.data(), ports.size() * 2);
  read_all(in, browsers.data(), browsers.size() * sizeof(BrowserEnd));
  talk.talk_to(ports, browsers);
  const char ready = 1;
  write_all(out, &ready, 1);
  const Heard heard = talk.run(seconds);
  write_all(out, &heard, sizeof heard);
  ::_exit(0);
}

}  // namespace

BrowserEnd BrowserEnd::of(std::uint16_t port, const webrtc::IceCredentials& credentials,
                          const std::string& fingerprint) {
  BrowserEnd out;
  out.port = port;
  CARILLON_CHECK(credentials.ufrag.size() < out.ufrag.size() && credentials.password.size() < out.password.size() &&
                 fingerprint.size() < out.fingerprint.size());
  std::copy(credentials.ufrag.begin(), credentials.ufrag.end(), out.ufrag.begin());
  std::copy(credentials.password.begin(), credentials.password.end(), out.password.begin());
  std::copy(fingerprint.begin(), fingerprint.end(), out.fingerprint.begin());
  return out;
}

Generator::Generator(int calls, double seconds, int cpu, bool browsers, Timing timing)
    : ports_(static_cast<std::size_t>(calls) * 2), browsers_(browsers ? static_cast<std::size_t>(calls) : 0) {
  int down[2], up[2];
  CARILLON_CHECK(::pipe2(down, O_CLOEXEC) == 0 && ::pipe2(up, O_CLOEXEC) == 0);
  child_ = ::fork();
  CARILLON_CHECK(child_ >= 0);
  if (child_ == 0) be_child(down[0], up[1], calls, seconds, cpu, browsers, timing);
  ::close(down[0]);
  ::close(up[1]);
  to_child_ = down[1];
  from_child_ = up[0];
  read_all(from_child_, ports_.data(), ports_.size() * 2);
  read_all(from_child_, browsers_.data(), browsers_.size() * sizeof(BrowserEnd));
}

Generator::~Generator() {
  ::close(to_child_);
  ::close(from_child_);
  int status = 0;
  ::waitpid(child_, &status, 0);
}

void Generator::talk_to(const std::vector<std::uint16_t>& ports, const std::vector<BrowserEnd>& browsers) {
  CARILLON_CHECK(ports.size() == ports_.size() && browsers.size() == browsers_.size());
  write_all(to_child_, ports.data(), ports.size() * 2);
  write_all(to_child_, browsers.data(), browsers.size() * sizeof(BrowserEnd));
  char ready = 0;
  read_all(from_child_, &ready, 1);
}

Heard Generator::finish() {
  Heard heard;
  read_all(from_child_, &heard, sizeof heard);
  return heard;
}

void stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);  // on a machine with one core it stays where it is
}

double cpu_seconds() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

double resident_kb() {
  std::ifstream in("/proc/self/statm");
  double pages = 0, resident = 0;
  in >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace carillon::bench
