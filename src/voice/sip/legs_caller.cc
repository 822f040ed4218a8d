// Legs: calls of ours until they are answered.
#include <algorithm>

#include "voice/sip/dialog.h"
#include "voice/sip/fields.h"
#include "voice/sip/legs.h"
#include "voice/sip/trunk_book.h"
#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::size_t kMostForks = 16;

bool is_clean(std::string_view text) { return text.find_first_of("\r\n") == std::string_view::npos; }

// "+4930.." becomes "sip:+4930..@domain".
std::string target_of(const Invite& call, const std::string& domain) {
  if (Uri::parse(call.target)) return call.target;
  return domain.empty() ? std::string() : "sip:" + percent_encoded(call.target, "+;=&$,/?") + '@' + domain;
}

std::string domain_of(const Trunk& trunk) {
  if (!trunk.domain.empty() || trunk.next_hops.empty()) return trunk.domain;
  const auto uri = Uri::parse(trunk.next_hops.front());
  return uri ? uri->host : std::string();
}

}  // namespace

Result<LegId> Legs::invite(const Invite& call) {
  const Trunk* trunk = trunks_.find(call.trunk);
  if (trunk == nullptr && !call.trunk.empty()) return Error(ErrorCode::kNotFound, "no trunk '" + call.trunk + "'");
  if (!call.emergency && legs_.size() >= context_.settings.admission.legs)
    return Error(ErrorCode::kOverloaded, "too many calls at once");
  const std::string domain = trunk != nullptr ? domain_of(*trunk) : std::string();
  const std::string target = target_of(call, domain);
  const auto uri = Uri::parse(target);
  if (!uri || uri->scheme == Scheme::kOther || !uri->headers.empty()) {
    return Error(ErrorCode::kInvalidValue,
                 "'" + call.target + "' cannot be called; give a SIP URI, or a number and a trunk");
  }
  std::string fields;
  for (const auto& [name, value] : call.fields) {
    if (!is_token(name) || !is_clean(value))
      return Error(ErrorCode::kInvalidValue, "'" + name + "' is no header field");
    append_field(fields, name, value);
  }
  Leg* made = nullptr;
  const LegId id = make_leg(made);
  Leg& leg = *made;
  leg.outgoing = true;
  leg.trunk = call.trunk;
  leg.source = {trunk != nullptr ? SourceKind::kTrunk : SourceKind::kUnknown, call.trunk, {}};
  append_hex(leg.call_id, context_.entropy.next(), 16);
  append_hex(leg.call_id, context_.entropy.next(), 16);
  leg.peer.target = target;
  leg.peer.party = '<' + target + '>';
  leg.peer.flow = call.flow;
  leg.next_fork = 1;
  leg.hops = trunk != nullptr && !trunk->next_hops.empty() ? trunk->next_hops : std::vector<std::string>{target};
  const std::string host = !call.from_host.empty() ? call.from_host
                           : !domain.empty()       ? domain
                                                   : context_.settings.realm;
  const std::string user = call.from_user.empty() ? context_.settings.contact_user : call.from_user;
  if (call.hide_caller) {
    leg.local_party = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
    append_field(fields, "Privacy", "id");
  } else {
    leg.local_party = (call.from_display.empty() ? std::string() : quote(call.from_display) + ' ') +
                      "<sip:" + percent_encoded(user, "+;=&$,/?") + '@' + host + '>';
  }
  leg.local_party += ";tag=" + leg.local_tag;
  // Whom we do not trust is not told who calls.
  const bool tell_identity = (trunk != nullptr && trunk->trusted) || call.flow;
  if (!call.asserted.empty() && tell_identity && Uri::parse(call.asserted)) {
    append_field(fields, "P-Asserted-Identity", '<' + call.asserted + '>');
  }
  if (const Leg* other = find(call.replaces)) {
    append_field(fields, "Replaces", other->call_id + ";to-tag=" + other->peer.tag + ";from-tag=" + other->local_tag);
  } else if (!call.replaces_field.empty() && is_clean(call.replaces_field)) {
    append_field(fields, "Replaces", call.replaces_field);
  }
  if (!call.referred_by.empty() && is_clean(call.referred_by)) append_field(fields, "Referred-By", call.referred_by);
  // A reliable 1xx with an offer would want its answer in the PRACK; without our offer we do not ask for one.
  append_field(fields, "Supported", call.sdp.empty() ? "timer, replaces" : kSupported);
  leg.offer = call.sdp.empty() ? OfferState::kStable : OfferState::kOurs;
  leg.local_sdp = call.sdp;
  Outgoing outgoing;
  outgoing.cseq = leg.cseq = 1;
  outgoing.with_session = true;
  outgoing.fields = std::move(fields);
  outgoing.type = call.sdp.empty() ? "" : "application/sdp";
  outgoing.body = call.sdp;
  send_out(id, leg, std::move(outgoing));
  return id;
}

void Legs::peer_from_response(Leg& leg, Peer& peer, const Message& response, const Flow& from) {
  peer.tag = response.to_tag();
  peer.party = response.first(Header::kTo);
  std::vector<std::string> routes;
  response.each(Header::kRecordRoute, [&](std::string_view line) {
    while (const auto value = next_value(line)) {
      if (routes.size() < 20) routes.emplace_back(*value);
    }
  });
  std::reverse(routes.begin(), routes.end());
  std::string_view contacts = response.first(Header::kContact);
  const auto first = contacts.data() == nullptr ? std::nullopt : next_value(contacts);
  const auto contact = first ? read_name_addr(*first) : std::nullopt;
  if (contact && Uri::parse(contact->uri)) {
    peer.target = contact->uri;
  } else if (peer.target.empty()) {
    peer.target = leg.peer.target;
  }
  set_route(peer, routes);
  // Over a connection its dialog stays on it; a datagram peer says where in Contact, unless nobody can get there.
  peer.flow = routes.empty() ? direct_flow(peer.target, from, leg.source.kind != SourceKind::kTrunk) : std::nullopt;
  if (is_reliable(from.transport)) peer.flow = from;
  peer.updates = peer.updates || response.lists(Header::kAllow, "UPDATE");
  peer.timer = peer.timer || response.lists(Header::kSupported, "timer") || response.lists(Header::kRequire, "timer");
}

void Legs::initial_reply(LegId id, Leg& leg, Handle request, const Message& response, const Flow& from) {
  const int status = response.status();
  if (status < 200) return provisional(id, leg, response, from);
  if (status < 300) return accepted(id, leg, request, response, from);
  Outgoing* outgoing = outgoing_of(leg, request);
  if (outgoing == nullptr) return;
  const bool leaving = leg.state == LegState::kLeaving;
  // The next attempt is a new call to the peer: what rang before rings no more.
  if (!leaving && (answer_auth(id, leg, *outgoing, response) || raise_interval(id, leg, *outgoing, response))) {
    leg.forks.clear();
    return;
  }
  take_outgoing(leg, request);
  end(id, leg, ended_by(response, Cause::kRejected));
  release(id);
}

void Legs::provisional(LegId id, Leg& leg, const Message& response, const Flow& from) {
  if (leg.state != LegState::kCalling || response.status() == 100) return;
  Progress progress;
  progress.leg = id;
  progress.status = response.status();
  if (const auto sdp = body_of_type(response, "application/sdp")) progress.sdp = *sdp;
  // Without a tag there is no dialog; it is only told.
  if (response.to_tag().empty()) return tell(std::move(progress));
  Peer* fork = peer_of(leg, response.to_tag());
  if (fork == nullptr || fork == &leg.peer) {
    if (leg.forks.size() >= kMostForks) return;
    leg.forks.emplace_back();
    fork = &leg.forks.back();
    fork->number = leg.next_fork++;
    peer_from_response(leg, *fork, response, from);
  }
  if (response.lists(Header::kRequire, "100rel")) {
    const auto rseq = leading_number(response.first(Header::kRseq));
    // In order only, and each once (RFC 3262 section 4).
    if (!rseq || (fork->rseq != 0 && *rseq != fork->rseq + 1)) return;
    fork->rseq = static_cast<std::uint32_t>(*rseq);
    prack(id, leg, *fork, response);
  }
  if (!progress.sdp.empty()) fork->sdp = progress.sdp;
  progress.fork = fork->number;
  tell(std::move(progress));
}

void Legs::prack(LegId id, Leg& leg, Peer& peer, const Message& response) {
  std::string rack;
  append_field(rack, "RAck", std::to_string(peer.rseq) + ' ' + std::to_string(response.cseq()->number) + " INVITE");
  send_in(id, leg, peer, Purpose::kPrack, Method::kPrack, std::move(rack));
}

// Another telephone of a forked call picked up as well: acknowledged, and ended at once.
void Legs::drop_fork(LegId id, Leg& leg, const Message& response, const Flow& from) {
  Peer extra;
  peer_from_response(leg, extra, response, from);
  Outgoing outgoing;
  outgoing.method = Method::kAck;
  outgoing.cseq = response.cseq()->number;
  requests_.send(draft_of(leg, extra, outgoing), {extra.flow, {extra.next_hop}}, {}, id);
  outgoing.method = Method::kBye;
  outgoing.cseq = leg.cseq + 1;
  requests_.send(draft_of(leg, extra, outgoing), {extra.flow, {extra.next_hop}}, {}, id);
}

void Legs::accepted(LegId id, Leg& leg, Handle request, const Message& response, const Flow& from) {
  const std::uint32_t cseq = response.cseq()->number;
  Outgoing* outgoing = outgoing_of(leg, request);
  if (outgoing == nullptr) {
    // Answered before: this is the same again, or another fork.
    if (response.to_tag() != leg.peer.tag) return drop_fork(id, leg, response, from);
    if (cseq == leg.ack_cseq && !leg.ack.empty()) wire_.send(leg.ack_flow, leg.ack, id);
    return;
  }
  take_outgoing(leg, request);
  Peer* fork = peer_of(leg, response.to_tag());
  Peer answering = fork != nullptr && fork != &leg.peer ? std::move(*fork) : Peer();
  peer_from_response(leg, answering, response, from);
  std::string sdp;
  if (const auto body = body_of_type(response, "application/sdp")) sdp = *body;
  if (sdp.empty()) sdp = answering.sdp;
  leg.peer = std::move(answering);
  leg.forks.clear();
  leg.remote_sdp = sdp;
  if (is_reliable(from.transport)) {
    leg.source.flow = from;
    wire_.keep(from.connection, 1);
  }
  if (leg.state == LegState::kLeaving) {
    // The 200 and our CANCEL crossed: the call was answered, so it is ended as one (section 15).
    send_ack(id, leg, leg.peer, cseq, {});
    return say_bye(id, leg, {});
  }
  leg.state = LegState::kUp;
  // Who answers says what it is in Server, if at all (section 20.35).
  std::string_view agent = response.first(Header::kUserAgent);
  if (agent.empty()) agent = response.first(Header::kServer);
  Answered answered{id, sdp, leg.offer == OfferState::kStable, std::string(agent.substr(0, 128))};
  if (answered.wants_answer) {
    leg.owes_ack = true;
    leg.ack_cseq = cseq;
    leg.offer = OfferState::kTheirs;
    owe(id, leg);
  } else {
    leg.offer = OfferState::kStable;
    send_ack(id, leg, leg.peer, cseq, {});
  }
  session_from_reply(id, leg, response);
  tell(std::move(answered));
}

}  // namespace carillon::voice::sip
