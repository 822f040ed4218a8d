// Legs: requests of ours in a dialog, their challenges and their answers.
#include <algorithm>

#include "voice/sip/fields.h"
#include "voice/sip/legs.h"
#include "voice/sip/trunk_book.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {

std::string Legs::own_fields() const {
  std::string out;
  append_field(out, "Allow", kAllow);
  append_field(out, "User-Agent", context_.settings.user_agent);
  return out;
}

Draft Legs::draft_of(Leg& leg, Peer& peer, const Outgoing& outgoing) {
  Draft draft;
  draft.method = outgoing.method;
  const std::string name(method_text(outgoing.method));
  draft.start = name + ' ' + peer.target + " SIP/2.0\r\n";
  draft.fields.reserve(512);
  draft.fields += peer.routes;
  append_field(draft.fields, "From", leg.local_party);
  append_field(draft.fields, "To", peer.party);
  append_field(draft.fields, "Call-ID", leg.call_id);
  append_field(draft.fields, "CSeq", std::to_string(outgoing.cseq) + ' ' + name);
  if (outgoing.method != Method::kBye && outgoing.method != Method::kAck) draft.fields += own_fields();
  if (outgoing.with_session) draft.fields += session_fields(leg);
  draft.fields += outgoing.fields;
  draft.contact = outgoing.method != Method::kBye && outgoing.method != Method::kAck;
  draft.type = outgoing.type;
  draft.body = outgoing.body;
  return draft;
}

void Legs::send_out(LegId id, Leg& leg, Outgoing outgoing) {
  Peer& peer = peer_number(leg, outgoing.peer);
  Destination to{peer.flow, {}};
  if (outgoing.purpose == Purpose::kInitial) {
    to.hops = leg.hops;
  } else {
    to.hops.push_back(peer.next_hop);
  }
  const OwnerKind kind = outgoing.purpose == Purpose::kInitial ? OwnerKind::kLegInvite : OwnerKind::kLegRequest;
  outgoing.request = requests_.send(draft_of(leg, peer, outgoing), std::move(to), {kind, id, 0}, id);
  leg.out.push_back(std::move(outgoing));
}

Handle Legs::send_in(LegId id, Leg& leg, Peer& peer, Purpose purpose, Method method, std::string fields,
                     std::string type, std::string body) {
  Outgoing outgoing;
  outgoing.purpose = purpose;
  outgoing.method = method;
  outgoing.cseq = ++leg.cseq;
  outgoing.peer = peer.number;
  outgoing.with_session = (purpose == Purpose::kOffer && method == Method::kInvite) || purpose == Purpose::kRefresh;
  outgoing.fields = std::move(fields);
  outgoing.type = std::move(type);
  outgoing.body = std::move(body);
  send_out(id, leg, std::move(outgoing));
  return leg.out.back().request;
}

void Legs::send_ack(LegId id, Leg& leg, Peer& peer, std::uint32_t cseq, const std::string& sdp) {
  Outgoing ack;
  ack.method = Method::kAck;
  ack.cseq = cseq;
  ack.type = sdp.empty() ? "" : "application/sdp";
  ack.body = sdp;
  leg.ack_cseq = cseq;
  leg.ack.clear();
  leg.owes_ack = false;
  requests_.send(draft_of(leg, peer, ack), {peer.flow, {peer.next_hop}}, {OwnerKind::kLegAck, id, cseq}, id);
}

void Legs::on_sent(const Owner& owner, Handle, const Flow& flow, const std::string& bytes) {
  Leg* leg = find(id_of(owner.who));
  if (leg == nullptr) return;
  if (owner.kind == OwnerKind::kLegAck && leg->ack_cseq == owner.note) {
    leg->ack = bytes;
    leg->ack_flow = flow;
  }
  // What led there once leads there again, without asking DNS.
  if (owner.kind != OwnerKind::kLegInvite && !leg->peer.party.empty()) leg->peer.flow = flow;
}

Outgoing* Legs::outgoing_of(Leg& leg, Handle request) {
  for (Outgoing& outgoing : leg.out) {
    if (outgoing.request == request) return &outgoing;
  }
  return nullptr;
}

Outgoing Legs::take_outgoing(Leg& leg, Handle request) {
  for (std::size_t i = 0; i < leg.out.size(); ++i) {
    if (leg.out[i].request != request) continue;
    Outgoing taken = std::move(leg.out[i]);
    leg.out.erase(leg.out.begin() + static_cast<std::ptrdiff_t>(i));
    return taken;
  }
  Outgoing unknown;
  unknown.purpose = Purpose::kNotify;  // concerns nobody
  return unknown;
}

// Sends it again with credentials; false when there are none, or they were refused.
bool Legs::answer_auth(LegId id, Leg& leg, Outgoing& outgoing, const Message& response) {
  const int status = response.status();
  if ((status != 401 && status != 407) || outgoing.tries >= 2) return false;
  const Trunk* trunk = trunks_.find(leg.trunk);
  if (trunk == nullptr || trunk->user.empty()) return false;
  std::optional<Challenge> best;
  response.each(status == 401 ? Header::kWwwAuthenticate : Header::kProxyAuthenticate, [&](std::string_view line) {
    const auto challenge = read_challenge(line);
    if (challenge && (!best || challenge->algorithm > best->algorithm)) best = challenge;
  });
  if (!best || (outgoing.tries > 0 && !best->stale)) return false;
  std::string cnonce;
  append_hex(cnonce, context_.entropy.next(), 16);
  const Peer& peer = peer_number(leg, outgoing.peer);
  Outgoing again = std::move(outgoing);
  ++again.tries;
  again.cseq = ++leg.cseq;
  const std::string_view name = status == 401 ? "Authorization" : "Proxy-Authorization";
  const std::string value = answer_challenge(context_.hashes, *best, {trunk->user, trunk->password},
                                             method_text(again.method), peer.target, 1, cnonce);
  // A second answer takes the place of the first.
  const std::size_t old = again.fields.find(std::string(name) + ": ");
  if (old != std::string::npos) again.fields.erase(old, again.fields.find("\r\n", old) + 2 - old);
  append_field(again.fields, name, value);
  const Handle request = again.request;
  take_outgoing(leg, request);
  send_out(id, leg, std::move(again));
  return true;
}

// 422: the interval is too small for somebody on the way (RFC 4028 section 6).
bool Legs::raise_interval(LegId id, Leg& leg, Outgoing& outgoing, const Message& response) {
  const auto least = leading_number(response.first(Header::kMinSe), 86400);
  if (response.status() != 422 || !least || outgoing.tries >= 4 || !outgoing.with_session) return false;
  leg.session_least = std::max(leg.session_least, static_cast<int>(*least));
  Outgoing again = std::move(outgoing);
  ++again.tries;
  again.cseq = ++leg.cseq;
  const Handle request = again.request;
  take_outgoing(leg, request);
  send_out(id, leg, std::move(again));
  return true;
}

void Legs::on_reply(const Owner& owner, Handle request, const Message& response, const Flow& from) {
  const LegId id = id_of(owner.who);
  Leg* leg = find(id);
  if (leg == nullptr) return;
  if (owner.kind == OwnerKind::kLegInvite) return initial_reply(id, *leg, request, response, from);
  Outgoing* outgoing = outgoing_of(*leg, request);
  if (outgoing == nullptr) {
    // The 200 of a re-INVITE came again: so goes its ACK.
    const bool repeated = response.method() == Method::kInvite && response.status() / 100 == 2;
    if (repeated && response.cseq()->number == leg->ack_cseq && !leg->ack.empty())
      wire_.send(leg->ack_flow, leg->ack, id);
    return;
  }
  if (response.status() < 200) return;
  if (answer_auth(id, *leg, *outgoing, response) || raise_interval(id, *leg, *outgoing, response)) return;
  Outgoing done = take_outgoing(*leg, request);
  // 481 and 408 say that the dialog is gone (section 12.2.1.2).
  const bool lost = response.status() == 481 || response.status() == 408;
  switch (done.purpose) {
    case Purpose::kBye:
      return release(id);
    case Purpose::kOffer:
    case Purpose::kRefresh:
      return offer_reply(id, *leg, std::move(done), response);
    case Purpose::kRefer:
      return refer_reply(id, *leg, response);
    case Purpose::kInfo:
    case Purpose::kPrack:
    case Purpose::kProbe:
      if (!lost || leg->state != LegState::kUp) return;
      end(id, *leg, ended_by(response, Cause::kFault));
      return leave(id, *leg, {});
    default:
      return;
  }
}

}  // namespace carillon::voice::sip
