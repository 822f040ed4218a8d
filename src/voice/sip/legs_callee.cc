// Legs: calls from others until they are answered.
#include <algorithm>

#include "voice/sip/dialog.h"
#include "voice/sip/fields.h"
#include "voice/sip/legs.h"
#include "voice/sip/trunk_book.h"
#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

std::string record_routes_of(const Message& request, std::vector<std::string>& routes) {
  std::string lines;
  request.each(Header::kRecordRoute, [&](std::string_view line) {
    append_field(lines, "Record-Route", line);
    while (const auto value = next_value(line)) {
      if (routes.size() < 20) routes.emplace_back(*value);
    }
  });
  return lines;
}

void append_problem(std::string& fields, std::string_view name, std::string_view value) {
  append_field(fields, name, value);
}

}  // namespace

void Legs::peer_from_request(Peer& peer, const Message& request, const Flow& from, const Source& source) {
  peer.tag = request.from_tag();
  peer.party = request.first(Header::kFrom);
  std::vector<std::string> routes;
  record_routes_of(request, routes);
  std::string_view contacts = request.first(Header::kContact);
  const auto first = contacts.data() == nullptr ? std::nullopt : next_value(contacts);
  const auto contact = first ? read_name_addr(*first) : std::nullopt;
  peer.target = contact && Uri::parse(contact->uri) ? std::string(contact->uri) : std::string(request.from()->uri);
  set_route(peer, routes);
  peer.flow = routes.empty() ? direct_flow(peer.target, from, source.kind != SourceKind::kTrunk) : std::nullopt;
  if (is_reliable(from.transport)) peer.flow = from;
  peer.cseq = request.cseq()->number;
  peer.has_cseq = true;
  peer.updates = request.lists(Header::kAllow, "UPDATE");
  peer.timer = request.lists(Header::kSupported, "timer");
}

Legs::Refusal Legs::refusal_of(const Message& invite, Leg& leg, std::string& sdp) {
  Refusal out;
  if (const std::string unknown = unknown_extensions(invite); !unknown.empty()) {
    append_problem(out.fields, "Unsupported", unknown);
    return out.status = 420, out;
  }
  const std::string_view encoding = invite.first(Header::kContentEncoding);
  const auto body = body_of_type(invite, "application/sdp");
  if (!invite.body().empty() && (!body || (!encoding.empty() && !iequals(encoding, "identity")))) {
    append_problem(out.fields, "Accept", "application/sdp");
    append_problem(out.fields, "Accept-Encoding", "identity");
    return out.status = 415, out;
  }
  if (invite.has(Header::kAccept) && !invite.lists(Header::kAccept, "application/sdp") &&
      !invite.lists(Header::kAccept, "*/*") && !invite.lists(Header::kAccept, "application/*") &&
      !invite.first(Header::kAccept).empty()) {
    return out.status = 406, out;
  }
  if (body) sdp = *body;
  leg.needs_100rel = invite.lists(Header::kRequire, "100rel");
  leg.wants_100rel = leg.needs_100rel || invite.lists(Header::kSupported, "100rel");
  const auto interval = leading_number(invite.first(Header::kSessionExpires), 0xffffffff);
  if (interval && static_cast<std::int64_t>(*interval) < context_.settings.session.least &&
      invite.lists(Header::kSupported, "timer")) {
    append_field(out.fields, "Min-SE", static_cast<std::uint64_t>(context_.settings.session.least));
    return out.status = 422, out;
  }
  return out;
}

void Legs::incoming(Handle transaction, const Message& invite, const Flow& from, const Source& source) {
  Leg* made = nullptr;
  const LegId id = make_leg(made);
  Leg& leg = *made;
  leg.state = LegState::kRinging;
  leg.call_id = invite.call_id();
  IncomingCall call;
  Refusal refusal = refusal_of(invite, leg, call.sdp);
  // The same request by another way: a proxy before us forked to us twice (section 8.2.2.2).
  std::string key = leg.call_id + '|' + std::string(invite.from_tag()) + '|' + std::to_string(invite.cseq()->number);
  if (refusal.status == 0 && merging_.count(key) != 0) refusal.status = 482;
  if (refusal.status == 0 && invite.has(Header::kReplaces)) {
    bool early_only = false;
    call.replaces = by_replaces(invite.first(Header::kReplaces), early_only);
    const Leg* replaced = find(call.replaces);
    if (replaced == nullptr) {
      refusal.status = 481;
    } else if (early_only && replaced->state == LegState::kUp) {
      refusal.status = 486;
    }
  }
  if (refusal.status != 0) {
    transactions_.respond(transaction, {refusal.status, {}, leg.local_tag, refusal.fields});
    return legs_.release(id);
  }
  merging_[key] = id;
  leg.merge_key = std::move(key);
  leg.invite = transaction;
  leg.invite_cseq = invite.cseq()->number;
  leg.local_party = std::string(invite.first(Header::kTo)) + ";tag=" + leg.local_tag;
  std::vector<std::string> routes;
  leg.record_routes = record_routes_of(invite, routes);
  leg.source = source;
  peer_from_request(leg.peer, invite, from, source);
  if (from.transport != Transport::kUdp) wire_.keep(from.connection, 1);
  leg.has_offer = !call.sdp.empty();
  leg.offer = leg.has_offer ? OfferState::kTheirs : OfferState::kStable;
  leg.remote_sdp = call.sdp;
  // What is agreed about the session timer is said in the 2xx.
  leg.session_answer = agree_session(id, leg, leg.peer, invite);
  transactions_.own(transaction, {OwnerKind::kLegInvite, id, 0}, id);
  trace(id, invite, from);
  call.leg = id;
  call.source = source;
  fill_call(call, invite, trunks_.find(source.id), context_.settings);
  tell(std::move(call));
}

std::string Legs::answer_fields(Leg& leg, const Flow& flow) {
  std::string fields = leg.record_routes;
  append_field(fields, "Contact", wire_.contact(flow));
  append_field(fields, "Allow", kAllow);
  append_field(fields, "Supported", kSupported);
  return fields;
}

Result<void> Legs::ring(LegId id, int status, const std::string& sdp, bool reliable) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->state != LegState::kRinging || leg->answer_waits || status <= 100 || status >= 200) {
    return Error(ErrorCode::kStateForbids, "only a call that is not answered rings, with 101 to 199");
  }
  std::string fields = answer_fields(*leg, leg->source.flow);
  const std::string_view type = sdp.empty() ? "" : "application/sdp";
  if (!leg->needs_100rel && !(reliable && leg->wants_100rel)) {
    transactions_.respond(leg->invite, {status, {}, leg->local_tag, fields, type, sdp});
    return {};
  }
  // One at a time (RFC 3262 section 3): while one waits for its PRACK the next is not worth saying.
  if (!leg->reliable.bytes.empty()) return {};
  if (leg->rseq == 0) leg->rseq = static_cast<std::uint32_t>(context_.entropy.below(0x7ffffff)) + 1;
  append_field(fields, "Require", "100rel");
  append_field(fields, "RSeq", ++leg->rseq);
  transactions_.respond(leg->invite, {status, {}, leg->local_tag, fields, type, sdp}, &leg->reliable);
  leg->reliable_sdp = !sdp.empty();
  if (!sdp.empty()) {
    leg->local_sdp = sdp;
    leg->offer = leg->offer == OfferState::kTheirs ? OfferState::kStable : OfferState::kOurs;
  }
  leg->reliable_wait = context_.settings.timing.t1;
  leg->reliable_until = context_.now + context_.settings.timing.give_up();
  leg->reliable_timer = context_.arm(leg->reliable_wait, TimerKind::kLegReliable, id);
  return {};
}

void Legs::repeat_reliable(LegId id, Leg& leg) {
  if (leg.reliable.bytes.empty()) return;
  if (context_.now >= leg.reliable_until) {
    // Nobody acknowledges: the caller is not there (section 3).
    transactions_.respond(leg.invite, {504, {}, leg.local_tag});
    leg.invite = {};
    end(id, leg, {.cause = Cause::kNoAck, .status = 504});
    return release(id);
  }
  wire_.send(leg.reliable.flow, leg.reliable.bytes, id);
  leg.reliable_wait = leg.reliable_wait * 2;
  leg.reliable_timer = context_.arm(leg.reliable_wait, TimerKind::kLegReliable, id);
}

void Legs::got_prack(LegId id, Leg& leg, Handle transaction, const Message& request) {
  std::string_view rack = request.first(Header::kRack);
  const auto rseq = leading_number(rack);
  const std::size_t blank = std::min(rack.find_first_of(" \t"), rack.size());
  const auto cseq = read_cseq(rack.substr(blank));
  const bool matches =
      rseq && cseq && !leg.reliable.bytes.empty() && *rseq == leg.rseq && cseq->number == leg.invite_cseq;
  if (!matches) return transactions_.respond(transaction, {481});
  context_.timers.cancel(leg.reliable_timer);
  leg.reliable = Send();
  const auto sdp = body_of_type(request, "application/sdp");
  if (sdp && leg.offer == OfferState::kOurs) {
    leg.offer = OfferState::kStable;
    leg.remote_sdp = *sdp;
    tell(OfferAnswered{id, std::string(*sdp)});
  } else if (sdp && leg.offer == OfferState::kStable) {
    leg.offer = OfferState::kTheirs;
    leg.offer_from = transaction;
    leg.offer_method = Method::kPrack;
    leg.remote_sdp = *sdp;
    owe(id, leg);
    return tell(OfferReceived{id, std::string(*sdp)});
  }
  transactions_.respond(transaction, {200});
  if (leg.answer_waits) {
    leg.answer_waits = false;
    send_ok(id, leg, leg.offered_sdp);
  }
}

Result<void> Legs::answer(LegId id, const std::string& sdp) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->state != LegState::kRinging || leg->answer_waits)
    return Error(ErrorCode::kStateForbids, "only a ringing call is answered");
  // A description that is under way reliably arrives first (RFC 3262 section 3).
  if (!leg->reliable.bytes.empty() && leg->reliable_sdp) {
    leg->answer_waits = true;
    leg->offered_sdp = sdp;
    return {};
  }
  send_ok(id, *leg, sdp);
  return {};
}

void Legs::send_ok(LegId id, Leg& leg, const std::string& sdp) {
  context_.timers.cancel(leg.reliable_timer);
  leg.reliable = Send();
  // Once agreed in a reliable 1xx, the description is not said again.
  const bool agreed = leg.offer == OfferState::kStable && !leg.local_sdp.empty();
  const std::string body = agreed ? std::string() : sdp;
  if (!agreed) leg.local_sdp = sdp;
  const std::string fields = answer_fields(leg, leg.source.flow) + leg.session_answer;
  leg.session_answer.clear();
  Send ok;
  transactions_.respond(leg.invite, {200, {}, leg.local_tag, fields, body.empty() ? "" : "application/sdp", body}, &ok);
  leg.invite = {};
  forget_invite(leg);
  const bool has_offer = !body.empty() && !leg.has_offer;
  leg.offer = has_offer ? OfferState::kOurs : OfferState::kStable;
  leg.state = LegState::kAnswering;
  arm_session(id, leg);
  remember_ok(id, leg, std::move(ok), leg.invite_cseq, has_offer);
}

void Legs::remember_ok(LegId id, Leg& leg, Send ok, std::uint32_t cseq, bool has_offer) {
  context_.timers.cancel(leg.ok_timer);
  leg.ok = std::move(ok);
  leg.ok_cseq = cseq;
  leg.ok_has_offer = has_offer;
  leg.ok_wait = context_.settings.timing.t1;
  leg.ok_until = context_.now + context_.settings.timing.give_up();
  leg.ok_timer = context_.arm(leg.ok_wait, TimerKind::kLegAnswer, id);
}

// The 2xx again until its ACK comes, over reliable transports too (section 13.3.1.4).
void Legs::repeat_ok(LegId id, Leg& leg) {
  if (leg.ok.bytes.empty()) return;
  if (context_.now >= leg.ok_until) {
    leg.ok = Send();
    end(id, leg, {.cause = Cause::kNoAck, .status = 408});
    return say_bye(id, leg, {});
  }
  wire_.send(leg.ok.flow, leg.ok.bytes, id);
  leg.ok_wait = std::min(leg.ok_wait * 2, context_.settings.timing.t2);
  leg.ok_timer = context_.arm(leg.ok_wait, TimerKind::kLegAnswer, id);
}

void Legs::on_ack(const Message& ack, const Flow& from) {
  LegId id;
  Leg* leg = by_tag(ack.to_tag(), ack.call_id(), id);
  if (leg == nullptr || leg->ok.bytes.empty() || !ack.cseq() || ack.cseq()->number != leg->ok_cseq) return;
  trace(id, ack, from);
  context_.timers.cancel(leg->ok_timer);
  leg->ok = Send();
  std::string sdp;
  if (const auto body = body_of_type(ack, "application/sdp")) sdp = *body;
  const bool first = leg->state == LegState::kAnswering;
  if (leg->ok_has_offer) {
    leg->offer = OfferState::kStable;
    leg->remote_sdp = sdp;
  }
  if (leg->state == LegState::kLeaving) return say_bye(id, *leg, {});
  if (first) {
    leg->state = LegState::kUp;
    return tell(Established{id, leg->ok_has_offer ? sdp : std::string()});
  }
  if (leg->ok_has_offer) tell(OfferAnswered{id, sdp});
}

void Legs::on_cancel(const Owner& owner, const Message& cancel) {
  const LegId id = id_of(owner.who);
  Leg* leg = find(id);
  if (leg == nullptr || leg->state != LegState::kRinging) return;
  transactions_.respond(leg->invite, {487, {}, leg->local_tag});
  leg->invite = {};
  end(id, *leg, ended_by(cancel, Cause::kCancelled));
  release(id);
}

}  // namespace carillon::voice::sip
