#include "voice/webrtc/port.h"

#include <algorithm>

#include "base/check.h"
#include "voice/rtp/packet.h"
#include "voice/webrtc/integrity.h"

namespace carillon::webrtc {

Kind kind_of(Bytes datagram) {
  if (datagram.empty()) return Kind::kUnknown;
  const std::uint8_t first = datagram[0];
  if (first <= 3) return Kind::kStun;
  if (first >= 20 && first <= 63) return Kind::kDtls;
  if (first >= 128 && first <= 191) return rtp::looks_like_rtcp(datagram) ? Kind::kRtcp : Kind::kRtp;
  return Kind::kUnknown;
}

struct Port::Peer {
  Peer(PeerId own, IceCredentials local, Remote remote, std::shared_ptr<const DtlsContext> context, Instant now)
      : id(own),
        ice(std::move(local), std::move(remote.remote)),
        dtls(std::move(context), remote.role, std::move(remote.fingerprint)),
        role(remote.role),
        made(now) {}

  PeerId id;
  IceLite ice;
  Dtls dtls;
  Dtls::Role role;
  std::optional<Srtp> in, out;
  Instant made;
  bool connecting = true;
  bool connected = false;
  bool ended = false;
  std::vector<std::string> ufrags;         // under which it is found
  std::vector<voice::Endpoint> addresses;  // the same
};

Port::Port(Config config, PortSink& sink) : config_(std::move(config)), sink_(sink) { CARILLON_CHECK(config_.context); }
Port::~Port() = default;

Port::Peer* Port::find(PeerId id) const {
  if (!id || id.slot >= peers_.size()) return nullptr;
  Peer* peer = peers_[id.slot].get();
  return peer && peer->id == id ? peer : nullptr;
}

Port::Peer* Port::find_by_address(const voice::Endpoint& from) const {
  const auto found = by_address_.find(from);
  return found != by_address_.end() && found->second->ice.proven(from) ? found->second : nullptr;
}

Result<IceCredentials> Port::fresh(std::optional<IceCredentials> wanted) const {
  if (wanted && by_ufrag_.contains(wanted->ufrag)) {
    return Error(ErrorCode::kConflict, "the ICE name " + wanted->ufrag + " is in use; make another");
  }
  IceCredentials local = wanted ? *std::move(wanted) : make_credentials();
  while (by_ufrag_.contains(local.ufrag)) local = make_credentials();
  return local;
}

Result<PeerId> Port::add(Remote remote, Instant now) {
  if (used_ >= config_.max_peers) return Error(ErrorCode::kLimit, "this port serves as many browsers as it may");
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(peers_.size()));
    peers_.emplace_back();
  }
  auto local = fresh(std::move(remote.local));
  if (!local) return local.error();
  const PeerId id{free_.back(), ++generation_};
  free_.pop_back();
  auto peer = std::make_unique<Peer>(id, *local, std::move(remote), config_.context, now);
  peer->ufrags.push_back(local->ufrag);
  by_ufrag_[local->ufrag] = peer.get();
  peers_[id.slot] = std::move(peer);
  ++used_;
  ++connecting_;
  return id;
}

void Port::remove(PeerId id) {
  Peer* peer = find(id);
  if (!peer) return;
  if (peer->connected) peer->dtls.close(to(*peer));
  for (const auto& ufrag : peer->ufrags) by_ufrag_.erase(ufrag);
  for (const auto& at : peer->addresses) {
    const auto found = by_address_.find(at);
    if (found != by_address_.end() && found->second == peer) by_address_.erase(found);
  }
  if (peer->connecting) --connecting_;
  --used_;
  free_.push_back(id.slot);
  peers_[id.slot].reset();
}

Result<LocalTransport> Port::restart(PeerId id, IceCredentials remote, std::optional<IceCredentials> wanted) {
  Peer* peer = find(id);
  if (!peer) return Error(ErrorCode::kNotFound, "no such peer");
  auto local = fresh(std::move(wanted));
  if (!local) return local.error();
  by_ufrag_[local->ufrag] = peer;
  peer->ufrags.push_back(local->ufrag);
  peer->ice.restart(std::move(local).value(), std::move(remote));
  // What an earlier restart left behind.
  std::erase_if(peer->ufrags, [&](const std::string& ufrag) {
    const bool old = !peer->ice.answers_to(ufrag);
    if (old) by_ufrag_.erase(ufrag);
    return old;
  });
  return this->local(id);
}

LocalTransport local_transport(const DtlsContext& context, const IceCredentials& local, Dtls::Role role,
                               const std::vector<voice::Endpoint>& addresses) {
  LocalTransport out;
  out.ufrag = local.ufrag;
  out.password = local.password;
  out.fingerprint = context.fingerprint().text();
  out.setup = role == Dtls::Role::kServer ? "passive" : "active";
  std::uint32_t preference = 65535;
  for (const auto& at : addresses) {
    out.candidates.push_back({std::to_string(out.candidates.size() + 1), 126u << 24 | preference << 8 | 255, at});
    preference -= 10;
  }
  return out;
}

Result<LocalTransport> Port::local(PeerId id) const {
  const Peer* peer = find(id);
  if (!peer) return Error(ErrorCode::kNotFound, "no such peer");
  return local_transport(*config_.context, peer->ice.local(), peer->role, config_.addresses);
}

void Port::handle(MutableBytes datagram, const voice::Endpoint& from, Instant now) {
  switch (kind_of(datagram)) {
    case Kind::kStun:
      return on_stun(datagram, from, now);
    case Kind::kDtls:
      return on_dtls(datagram, from, now);
    case Kind::kRtp:
      return on_srtp(datagram, from, false);
    case Kind::kRtcp:
      return on_srtp(datagram, from, true);
    case Kind::kUnknown:
      ++counts_.unknown;
      return;
  }
}

void Port::on_stun(Bytes datagram, const voice::Endpoint& from, Instant now) {
  const auto message = stun::parse(datagram);
  if (!message) return void(++counts_.unknown);
  const auto found = by_ufrag_.find(message->username.substr(0, message->username.find(':')));
  if (found == by_ufrag_.end() || found->second->ended) return void(++counts_.unknown);
  Peer& peer = *found->second;
  std::optional<stun::Writer> answer;
  const auto checked = peer.ice.check(*message, datagram, from, now, answer);
  if (checked == IceLite::Checked::kDropped) return void(++counts_.refused);
  sink_.on_send(from, answer->bytes());
  if (checked == IceLite::Checked::kRefused) return;
  remember_address(peer, from);
  if (checked != IceLite::Checked::kNominated) return;
  if (peer.connected) return sink_.on_event(peer.id, PeerEvent::kAddressChanged);
  if (peer.role == Dtls::Role::kClient) peer.dtls.start(now, to(peer));
}

void Port::remember_address(Peer& peer, const voice::Endpoint& from) {
  Peer*& at = by_address_[from];
  if (at == &peer) return;
  at = &peer;  // whoever proved it last has it
  std::erase_if(peer.addresses, [&](const voice::Endpoint& old) {
    if (peer.ice.proven(old)) return false;
    const auto found = by_address_.find(old);
    if (found != by_address_.end() && found->second == &peer) by_address_.erase(found);
    return true;
  });
  if (std::find(peer.addresses.begin(), peer.addresses.end(), from) == peer.addresses.end()) {
    peer.addresses.push_back(from);
  }
}

void Port::on_dtls(Bytes datagram, const voice::Endpoint& from, Instant now) {
  Peer* peer = find_by_address(from);
  if (!peer || peer->ended) return void(++counts_.unknown);
  peer->dtls.handle(datagram, now, to(*peer));
  after_dtls(*peer);
}

void Port::after_dtls(Peer& peer) {
  switch (peer.dtls.state()) {
    case Dtls::State::kConnected: {
      if (peer.connected) return;
      auto in = Srtp::make(peer.dtls.keys()->remote, Srtp::Direction::kReceive);
      auto out = Srtp::make(peer.dtls.keys()->local, Srtp::Direction::kSend);
      if (!in || !out) return end(peer, PeerEvent::kFailed);
      peer.in = std::move(in).value();
      peer.out = std::move(out).value();
      peer.connected = true;
      peer.connecting = false;
      --connecting_;
      return sink_.on_event(peer.id, PeerEvent::kConnected);
    }
    case Dtls::State::kClosed:
      return end(peer, PeerEvent::kClosed);
    case Dtls::State::kFailed:
      return end(peer, PeerEvent::kFailed);
    default:
      return;
  }
}

void Port::end(Peer& peer, PeerEvent event) {
  if (peer.ended) return;
  peer.ended = true;
  peer.connected = false;
  if (peer.connecting) peer.connecting = false, --connecting_;
  sink_.on_event(peer.id, event);
}

void Port::on_srtp(MutableBytes datagram, const voice::Endpoint& from, bool rtcp) {
  Peer* peer = find_by_address(from);
  if (!peer || !peer->connected) return void(++counts_.unknown);
  std::size_t size = datagram.size();
  const bool good = rtcp ? peer->in->unprotect_rtcp(datagram, size) : peer->in->unprotect(datagram, size);
  if (!good) return void(++counts_.refused);
  ++counts_.packets_in;
  if (rtcp) {
    sink_.on_rtcp(peer->id, datagram.first(size));
  } else {
    sink_.on_rtp(peer->id, datagram.first(size));
  }
}

bool Port::send_rtp(PeerId id, MutableBytes buffer, std::size_t size) {
  Peer* peer = find(id);
  if (!peer || !peer->connected || !peer->out->protect(buffer, size)) return false;
  ++counts_.packets_out;
  sink_.on_send(peer->ice.selected(), buffer.first(size));
  return true;
}

bool Port::send_rtcp(PeerId id, MutableBytes buffer, std::size_t size) {
  Peer* peer = find(id);
  if (!peer || !peer->connected || !peer->out->protect_rtcp(buffer, size)) return false;
  sink_.on_send(peer->ice.selected(), buffer.first(size));
  return true;
}

void Port::on_timer(Instant now) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (peers_[i] && !peers_[i]->ended) check_timers(*peers_[i], now);
  }
}

void Port::check_timers(Peer& peer, Instant now) {
  if (peer.connected) {
    if (now - peer.ice.last_check() > config_.consent_timeout) end(peer, PeerEvent::kConsentLost);
    return;
  }
  peer.dtls.on_timer(now, to(peer));
  after_dtls(peer);
  if (!peer.ended && now - peer.made > config_.connect_timeout) end(peer, PeerEvent::kFailed);
}

Dtls::Out Port::to(const Peer& peer) {
  return [this, &peer](Bytes datagram) {
    if (!peer.ice.selected().empty()) sink_.on_send(peer.ice.selected(), datagram);
  };
}

bool Port::connected(PeerId id) const {
  const Peer* peer = find(id);
  return peer && peer->connected;
}

voice::Endpoint Port::selected(PeerId id) const {
  const Peer* peer = find(id);
  return peer ? peer->ice.selected() : voice::Endpoint{};
}

std::string Port::reason(PeerId id) const {
  const Peer* peer = find(id);
  if (!peer) return "no such peer";
  if (!peer->dtls.reason().empty()) return peer->dtls.reason();
  if (peer->ice.selected().empty()) return "no connectivity check arrived: is the UDP port open from outside?";
  return peer->connected ? "" : "the DTLS handshake did not end in time";
}

}  // namespace carillon::webrtc
