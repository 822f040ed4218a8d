#include "voice/sip/dialog.h"

#include "voice/sip/fields.h"
#include "voice/sip/uri.h"

namespace carillon::voice::sip {

void set_route(Peer& peer, const std::vector<std::string>& routes) {
  peer.routes.clear();
  peer.next_hop = peer.target;
  if (routes.empty()) return;
  const auto first = read_name_addr(routes.front());
  const auto uri = first ? Uri::parse(first->uri) : std::nullopt;
  if (!uri) return;
  peer.next_hop = first->uri;
  const bool loose = uri->param("lr").has_value();
  for (std::size_t i = loose ? 0 : 1; i < routes.size(); ++i) append_field(peer.routes, "Route", routes[i]);
  if (loose) return;
  append_field(peer.routes, "Route", '<' + peer.target + '>');
  peer.target = first->uri;
}

std::optional<Flow> direct_flow(const std::string& target, const Flow& from, bool behind_nat) {
  if (is_reliable(from.transport)) return from;
  const auto uri = Uri::parse(target);
  if (!uri || uri->scheme != Scheme::kSip) return std::nullopt;
  const auto transport = uri->param("transport");
  if (transport && *transport != "udp" && *transport != "UDP") return std::nullopt;
  const auto ip = IpAddress::parse(uri->host);
  if (!ip) return std::nullopt;
  if (behind_nat && *ip != from.remote.ip) return from;
  const std::uint16_t port = uri->port == 0 ? std::uint16_t{5060} : uri->port;
  return Flow::datagram(from.listener, {*ip, port});
}

void fill_call(IncomingCall& call, const Message& invite, const Trunk* trunk, const Settings& settings) {
  call.from = party_of(*invite.from());
  call.to = party_of(*invite.to());
  NameAddr called;
  called.uri = invite.request_uri();
  call.called = party_of(called);
  call.call_id = invite.call_id().substr(0, 256);
  call.anonymous = is_anonymous(invite, call.from);
  const bool believed = call.source.kind == SourceKind::kTrunk ? trunk != nullptr && trunk->trusted : false;
  if (believed && invite.has(Header::kPAssertedIdentity))
    call.asserted = party_of(invite.first(Header::kPAssertedIdentity));
  if (invite.has(Header::kDiversion)) call.diverted_by = party_of(invite.first(Header::kDiversion));
  call.referred_by = invite.first(Header::kReferredBy).substr(0, 512);
  call.user_agent = invite.first(Header::kUserAgent).substr(0, 128);
  for (const std::string& name : settings.pass_fields) {
    const std::string_view value = invite.named(name);
    if (value.data() != nullptr) call.fields.emplace_back(name, value.substr(0, 1024));
  }
}

}  // namespace carillon::voice::sip
