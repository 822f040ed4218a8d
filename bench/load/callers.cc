#include "bench/load/callers.h"

#include <map>
#include <mutex>

#include "base/clock.h"
#include "bench/load/center.h"
#include "voice/net/sip_host.h"
#include "voice/net/sockets.h"

namespace carillon::bench {

namespace sip = voice::sip;
namespace net = voice::net;

const char* const kCallableConfig =
    "sip = \"udp:127.0.0.1:0\"\nbrowser_port = 0\n[[trunks]]\nname = \"load\"\nsources = [\"127.0.0.0/8\"]\n";

namespace {
constexpr std::size_t kSaidRefusals = 5;
}

struct Callers::Running {
  mutable std::mutex mutex;
  CallCounts counts;
  std::unordered_map<std::string, Moment> called;
  std::map<sip::LegId, double> lives;                // seconds from the answer; the host's thread
  std::unordered_map<std::string, sip::LegId> legs;  // by `from`; the host's thread
  voice::Socket deaf;
  std::string offer, target_host;
  SystemClock clock;
  std::unique_ptr<net::SipHost> host;

  void on(sip::Stack&, Instant, sip::Event& event) {
    if (const auto* answered = std::get_if<sip::Answered>(&event)) {
      const std::lock_guard held(mutex);
      ++counts.answered;
      if (lives[answered->leg] == kUntilHungUp) return;
      const auto life = Duration::micros(static_cast<std::int64_t>(lives[answered->leg] * 1e6));
      host->after(life, [leg = answered->leg](sip::Stack& stack, Instant now) { (void)stack.hang_up(now, leg); });
    } else if (const auto* ended = std::get_if<sip::CallEnded>(&event)) {
      const std::lock_guard held(mutex);
      lives.erase(ended->leg);
      ++counts.ended;
      if (ended->cause != sip::Cause::kLocal && ++counts.refused <= kSaidRefusals) {
        say("a call ended early: " + std::to_string(ended->status) + " " + ended->phrase);
      }
    }
  }
};

Callers::Callers(std::uint16_t server_port) : running_(std::make_unique<Running>()) {
  Running& r = *running_;
  const auto loopback = voice::IpAddress::v4(127, 0, 0, 1);
  auto deaf = net::bind_datagrams({loopback, 0});
  if (!deaf) give_up(deaf.error().message);
  r.deaf = std::move(*deaf);
  r.offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " +
            std::to_string(local_endpoint(r.deaf)->port) + " RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=recvonly\r\n";
  r.target_host = "@127.0.0.1:" + std::to_string(server_port);
  net::SipHost::Config config;
  config.listen = {{sip::Transport::kUdp, {loopback, 0}, ""}};
  config.settings.session.expires = 0;
  auto host = net::SipHost::open(std::move(config), r.clock,
                                 [&r](sip::Stack& stack, Instant now, sip::Event& event) { r.on(stack, now, event); });
  if (!host) give_up(host.error().message);
  r.host = std::move(*host);
  r.host->start();
}

Callers::~Callers() { running_->host->stop(); }

void Callers::call(const std::string& number, const std::string& from, double seconds) {
  Running& r = *running_;
  {
    const std::lock_guard held(r.mutex);
    ++r.counts.begun;
  }
  r.host->post([&r, number, from, seconds](sip::Stack& stack, Instant now) {
    {
      const std::lock_guard held(r.mutex);
      r.called[from] = moment();
    }
    const auto leg = stack.invite(
        now, {.target = "sip:" + number + r.target_host, .from_user = from, .from_host = "127.0.0.1", .sdp = r.offer});
    if (!leg) give_up(leg.error().message);
    const std::lock_guard held(r.mutex);
    r.lives[*leg] = seconds;
    if (seconds == kUntilHungUp) r.legs[from] = *leg;
  });
}

void Callers::hang_up(const std::string& from) {
  Running& r = *running_;
  r.host->post([&r, from](sip::Stack& stack, Instant now) {
    const auto leg = r.legs.extract(from);
    if (!leg.empty()) (void)stack.hang_up(now, leg.mapped());
  });
}

CallCounts Callers::counts() const {
  const std::lock_guard held(running_->mutex);
  return running_->counts;
}

std::unordered_map<std::string, Moment> Callers::called() const {
  const std::lock_guard held(running_->mutex);
  return running_->called;
}

void furnish_number(Caller& key, const std::string& address, const std::string& queue) {
  key.must("POST", "/api/v1/numbers",
           {{"friendly_name", address}, {"address", address}, {"task_queue_sid", queue}, {"always_open", true}});
}

}  // namespace carillon::bench
