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
#include "voice/media/g711.h"
#include "voice/media/sockets.h"
#include "voice/rtp/packet.h"

namespace carillon::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::int64_t kStepNs = 20'000'000;
constexpr std::uint16_t kMarkEvery = 50;  // packets
constexpr int kLoud = 3000;

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
  std::optional<webrtc::Srtp> in, out;
  std::int64_t marked = 0;  // when it was loud and nobody has heard it yet
};

class Talk {
 public:
  Talk(int calls, const webrtc::SrtpKey* key, Timing timing)
      : phones_(static_cast<std::size_t>(calls) * 2), epoll_(::epoll_create1(0)), timing_(timing) {
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      Phone& phone = phones_[i];
      phone.socket = media::bind_udp({voice::IpAddress::v4(127, 0, 0, 1), 0}).value();
      phone.ssrc = static_cast<std::uint32_t>(i + 1);
      if (key && i % 2 == 1) {
        phone.in.emplace(webrtc::Srtp::make(*key, webrtc::Srtp::Direction::kReceive).value());
        phone.out.emplace(webrtc::Srtp::make(*key, webrtc::Srtp::Direction::kSend).value());
      }
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      CARILLON_CHECK(::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, phone.socket.fd(), &event) == 0);
    }
  }

  std::vector<std::uint16_t> ports() const {
    std::vector<std::uint16_t> out;
    for (const Phone& phone : phones_) out.push_back(voice::local_endpoint(phone.socket)->port);
    return out;
  }
  void talk_to(const std::vector<std::uint16_t>& ports) {
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      phones_[i].to = media::SocketAddress::from({voice::IpAddress::v4(127, 0, 0, 1), ports[i]});
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
    }
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
    std::size_t size = 172;
    if (phone.out) phone.out->protect(bytes, size);
    ::sendto(phone.socket.fd(), bytes.data(), size, MSG_DONTWAIT, phone.to.raw(), phone.to.size);
    ++heard_.sent;
  }
  void hear(int wait_ms) {
    std::array<epoll_event, 64> ready;
    const int n = ::epoll_wait(epoll_.fd(), ready.data(), 64, wait_ms);
    for (int i = 0; i < n; ++i) {
      const std::size_t which = ready[static_cast<std::size_t>(i)].data.u64;
      Phone& phone = phones_[which];
      std::array<std::uint8_t, 2048> bytes;
      const ssize_t got = ::recv(phone.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (got < 172) continue;
      auto size = static_cast<std::size_t>(got);
      if (phone.in && !phone.in->unprotect(bytes, size)) continue;
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

  std::vector<Phone> phones_;
  media::Socket epoll_;
  Timing timing_;
  Heard heard_;
  std::vector<std::int64_t> delays_;
};

[[noreturn]] void be_child(int in, int out, int calls, double seconds, int cpu, const webrtc::SrtpKey* key,
                           Timing timing) {
  stay_on(cpu);
  Talk talk(calls, key, timing);
  std::vector<std::uint16_t> ports = talk.ports();
  write_all(out, ports.data(), ports.size() * 2);
  read_all(in, ports.data(), ports.size() * 2);
  talk.talk_to(ports);
  const Heard heard = talk.run(seconds);
  write_all(out, &heard, sizeof heard);
  ::_exit(0);
}

}  // namespace

Generator::Generator(int calls, double seconds, int cpu, const webrtc::SrtpKey* key, Timing timing)
    : ports_(static_cast<std::size_t>(calls) * 2) {
  int down[2], up[2];
  CARILLON_CHECK(::pipe2(down, O_CLOEXEC) == 0 && ::pipe2(up, O_CLOEXEC) == 0);
  child_ = ::fork();
  CARILLON_CHECK(child_ >= 0);
  if (child_ == 0) be_child(down[0], up[1], calls, seconds, cpu, key, timing);
  ::close(down[0]);
  ::close(up[1]);
  to_child_ = down[1];
  from_child_ = up[0];
  read_all(from_child_, ports_.data(), ports_.size() * 2);
}

Generator::~Generator() {
  ::close(to_child_);
  ::close(from_child_);
  int status = 0;
  ::waitpid(child_, &status, 0);
}

void Generator::talk_to(const std::vector<std::uint16_t>& ports) {
  CARILLON_CHECK(ports.size() == ports_.size());
  write_all(to_child_, ports.data(), ports.size() * 2);
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
