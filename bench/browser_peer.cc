#include "bench/browser_peer.h"

#include <sys/socket.h>

#include "base/check.h"
#include "voice/webrtc/integrity.h"
#include "voice/webrtc/port.h"

namespace carillon::bench {
namespace {

constexpr Duration kCheckEvery = Duration::seconds(4), kHurry = Duration::millis(200);

}  // namespace

BrowserPeer::BrowserPeer(std::shared_ptr<const webrtc::DtlsContext> certificate)
    : certificate_(std::move(certificate)), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  CARILLON_CHECK(static_cast<bool>(socket_));
}
BrowserPeer::BrowserPeer(BrowserPeer&&) noexcept = default;
BrowserPeer::~BrowserPeer() = default;

void BrowserPeer::aim(const voice::Endpoint& server, webrtc::IceCredentials theirs,
                      const webrtc::Fingerprint& fingerprint) {
  const auto to = voice::SocketAddress::from(server);
  CARILLON_CHECK(::connect(socket_.fd(), to.raw(), to.size) == 0);
  theirs_ = std::move(theirs);
  dtls_ = std::make_unique<webrtc::Dtls>(certificate_, webrtc::Dtls::Role::kClient, fingerprint);
}

void BrowserPeer::send_raw(webrtc::Bytes datagram) {
  [[maybe_unused]] const ssize_t sent = ::send(socket_.fd(), datagram.data(), datagram.size(), MSG_DONTWAIT);
}

void BrowserPeer::check() {
  stun::Writer w(stun::kBinding, stun::Class::kRequest, {++checks_});
  w.text(stun::kUsername, theirs_.ufrag + ":" + own_.ufrag);
  w.number64(stun::kIceControlling, 1);
  w.flag(stun::kUseCandidate);
  webrtc::seal(w, theirs_.password);
  send_raw(w.bytes());
}

void BrowserPeer::look_after(Instant now) {
  if (!dtls_) return;
  const webrtc::Dtls::Out out = [this](webrtc::Bytes d) { send_raw(d); };
  if (now - checked_ >= (connected() ? kCheckEvery : kHurry)) {
    checked_ = now;
    check();
    if (dtls_->state() == webrtc::Dtls::State::kNew) dtls_->start(now, out);
  }
  if (!connected() && now >= dtls_->next_deadline()) dtls_->on_timer(now, out);
}

std::size_t BrowserPeer::receive(webrtc::MutableBytes buffer, Instant now, bool& any) {
  const ssize_t got = ::recv(socket_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  any = got > 0;
  if (!any) return 0;
  auto size = static_cast<std::size_t>(got);
  switch (webrtc::kind_of(buffer.first(size))) {
    case webrtc::Kind::kRtp:
      return in_ && in_->unprotect(buffer.first(size), size) ? size : 0;
    case webrtc::Kind::kDtls:
      dtls_->handle(buffer.first(size), now, [this](webrtc::Bytes d) { send_raw(d); });
      if (!connected() && dtls_->keys()) {
        in_.emplace(webrtc::Srtp::make(dtls_->keys()->remote, webrtc::Srtp::Direction::kReceive).value());
        out_.emplace(webrtc::Srtp::make(dtls_->keys()->local, webrtc::Srtp::Direction::kSend).value());
      }
      return 0;
    default:
      return 0;
  }
}

void BrowserPeer::send(webrtc::MutableBytes buffer, std::size_t size) {
  if (out_ && out_->protect(buffer, size)) send_raw(buffer.first(size));
}

}  // namespace carillon::bench
