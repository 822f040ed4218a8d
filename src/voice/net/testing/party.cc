#include "voice/net/testing/party.h"

#include "base/check.h"

namespace carillon::voice::net {

std::string some_sdp(int port) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + std::to_string(port) +
         " RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
}

SipHost::Config Party::on_loopback() {
  SipHost::Config config;
  const IpAddress here = IpAddress::v4(127, 0, 0, 1);
  config.listen = {{sip::Transport::kUdp, {here, 0}, {}}, {sip::Transport::kTcp, {here, 0}, {}}};
  config.settings.unknown = sip::UnknownCalls::kAccept;
  config.settings.admission.unknown_per_second = 1'000'000;
  config.settings.admission.calls_per_second = 1'000'000;
  return config;
}

Party::Party(SipHost::Config config) {
  auto host = SipHost::open(std::move(config), clock_, [this](sip::Stack& stack, Instant now, sip::Event& event) {
    if (on_event) on_event(stack, now, event);
    const std::lock_guard held(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  });
  CARILLON_CHECK(host.ok());
  host_ = std::move(*host);
}

Party::~Party() { host_->stop(); }

void Party::answer_all(const std::string& sdp) {
  on_event = [sdp](sip::Stack& stack, Instant now, sip::Event& event) {
    const auto* call = std::get_if<sip::IncomingCall>(&event);
    if (call == nullptr || !stack.ring(now, call->leg)) return;
    static_cast<void>(stack.answer(now, call->leg, sdp));
  };
  start();
}

Endpoint Party::at(sip::Transport transport) const {
  for (const sip::Listener& listener : host_->listeners()) {
    if (listener.transport == transport) return listener.bound;
  }
  return {};
}

std::string Party::uri(const std::string& user, sip::Transport transport) const {
  const std::string params =
      transport == sip::Transport::kUdp ? "" : ";transport=" + std::string(sip::transport_param(transport));
  return "sip:" + user + '@' + at(transport).text() + params;
}

sip::LegId Party::invite(const sip::Invite& call) {
  return ask([call](sip::Stack& stack, Instant now) {
    const auto leg = stack.invite(now, call);
    return leg ? *leg : sip::LegId();
  });
}

void Party::hang_up(sip::LegId leg) {
  ask([leg](sip::Stack& stack, Instant now) { return stack.hang_up(now, leg).ok(); });
}

bool Party::waits_until(const std::function<bool(sip::Stack&)>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  // Each question is a round through the other thread, which is waiting enough.
  while (std::chrono::steady_clock::now() < end) {
    if (ask([&holds](sip::Stack& stack, Instant) { return holds(stack); })) return true;
  }
  return false;
}

}  // namespace carillon::voice::net
