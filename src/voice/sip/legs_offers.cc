// Legs: offers in a call (re-INVITE, UPDATE) and the session timer (RFC 3311, 4028; glare: RFC 3261 section 14).
#include <algorithm>

#include "voice/sip/dialog.h"
#include "voice/sip/fields.h"
#include "voice/sip/legs.h"
#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr int kMostGlares = 4;

}  // namespace

void Legs::got_offer(LegId id, Leg& leg, Peer& peer, Handle transaction, const Message& request, const Flow& from) {
  const bool invite = request.method() == Method::kInvite;
  if (leg.state != LegState::kUp && (invite || !request.body().empty()))
    return transactions_.respond(transaction, {491});
  const bool with_offer = invite || !request.body().empty();
  if (with_offer && leg.offer == OfferState::kOurs) return transactions_.respond(transaction, {491});
  if (with_offer && (leg.offer == OfferState::kTheirs || !leg.ok.bytes.empty())) {
    std::string fields;
    append_field(fields, "Retry-After", context_.entropy.below(10));
    return transactions_.respond(transaction, {500, {}, {}, fields});
  }
  const auto body = body_of_type(request, "application/sdp");
  if (!request.body().empty() && !body) {
    std::string fields;
    append_field(fields, "Accept", "application/sdp");
    return transactions_.respond(transaction, {415, {}, {}, fields});
  }
  // The peer may have moved (target refresh, section 12.2.2).
  std::string_view contacts = request.first(Header::kContact);
  const auto first = contacts.data() == nullptr ? std::nullopt : next_value(contacts);
  const auto contact = first ? read_name_addr(*first) : std::nullopt;
  if (contact && Uri::parse(contact->uri) && peer.target != contact->uri && peer.routes.empty()) {
    peer.target = peer.next_hop = contact->uri;
    peer.flow = direct_flow(peer.target, from, leg.source.kind != SourceKind::kTrunk);
  }
  peer.updates = peer.updates || request.lists(Header::kAllow, "UPDATE");
  const std::string session = agree_session(id, leg, peer, request);
  arm_session(id, leg);
  leg.offer_from = transaction;
  leg.offer_method = request.method();
  if (!with_offer) return finish_offer(id, leg, {}, session);
  leg.offered_sdp = body ? std::string(*body) : std::string();
  leg.offer = OfferState::kTheirs;
  // The same description again only says that the peer is still there.
  if (body && *body == leg.remote_sdp && !leg.local_sdp.empty()) return finish_offer(id, leg, leg.local_sdp, session);
  leg.session_answer = session;
  owe(id, leg);
  tell(OfferReceived{id, leg.offered_sdp});
}

// The 2xx to a re-INVITE, UPDATE or PRACK.
void Legs::finish_offer(LegId id, Leg& leg, const std::string& sdp, const std::string& session) {
  std::string fields;
  append_field(fields, "Contact", wire_.contact(leg.peer.flow.value_or(leg.source.flow)));
  append_field(fields, "Allow", kAllow);
  append_field(fields, "Supported", kSupported);
  fields += session;
  const Handle transaction = leg.offer_from;
  const bool with_offer = leg.offer == OfferState::kTheirs;
  const bool our_offer = with_offer && leg.offered_sdp.empty();
  leg.offer_from = {};
  if (leg.refer.empty()) context_.timers.cancel(leg.wait_timer);
  Send ok;
  transactions_.respond(transaction, {200, {}, {}, fields, sdp.empty() ? "" : "application/sdp", sdp}, &ok);
  if (with_offer) {
    leg.local_sdp = sdp;
    if (!our_offer) leg.remote_sdp = leg.offered_sdp;
    leg.offer = our_offer ? OfferState::kOurs : OfferState::kStable;
  }
  if (leg.offer_method == Method::kInvite) remember_ok(id, leg, std::move(ok), leg.peer.cseq, our_offer);
}

Result<void> Legs::answer_offer(LegId id, const std::string& sdp) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->owes_ack) {
    leg->local_sdp = sdp;
    leg->offer = OfferState::kStable;
    context_.timers.cancel(leg->wait_timer);
    send_ack(id, *leg, leg->peer, leg->ack_cseq, sdp);
    return {};
  }
  if (leg->offer_from.empty()) return Error(ErrorCode::kStateForbids, "no offer waits for an answer");
  const bool prack = leg->offer_method == Method::kPrack;
  if (prack) leg->offered_sdp = leg->remote_sdp;
  finish_offer(id, *leg, sdp, std::exchange(leg->session_answer, {}));
  if (prack && leg->answer_waits) {
    leg->answer_waits = false;
    send_ok(id, *leg, sdp);
  }
  return {};
}

Result<void> Legs::refuse_offer(LegId id, int status) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->owes_ack) return hang_up(id, {});
  if (leg->offer_from.empty()) return Error(ErrorCode::kStateForbids, "no offer waits for an answer");
  transactions_.respond(leg->offer_from, {status < 400 || status > 699 ? 488 : status});
  leg->offer_from = {};
  leg->offer = OfferState::kStable;
  if (leg->refer.empty()) context_.timers.cancel(leg->wait_timer);
  return {};
}

Result<void> Legs::offer(LegId id, const std::string& sdp, OfferBy by) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  const bool busy =
      leg->offer != OfferState::kStable || !leg->retry_sdp.empty() || leg->owes_ack || !leg->ok.bytes.empty();
  if (leg->state != LegState::kUp || busy) {
    return Error(ErrorCode::kStateForbids, "an offer is under way, or the call is not up; wait for its answer");
  }
  if (by == OfferBy::kUpdate && !leg->peer.updates)
    return Error(ErrorCode::kStateForbids, "the peer does not know UPDATE");
  leg->offer = OfferState::kOurs;
  leg->offer_by = by == OfferBy::kUpdate ? Method::kUpdate : Method::kInvite;
  leg->offered_sdp = sdp;
  leg->glares = 0;
  send_offer(id, *leg);
  return {};
}

// First, or again after a glare; then the peer's offer may have come in between, and is served first.
void Legs::send_offer(LegId id, Leg& leg) {
  if (leg.state != LegState::kUp) return;
  if (!leg.retry_sdp.empty()) {
    if (leg.offer != OfferState::kStable || !leg.ok.bytes.empty()) {
      leg.retry_timer = context_.arm(Duration::millis(500), TimerKind::kLegRetry, id);
      return;
    }
    leg.offer = OfferState::kOurs;
    leg.offered_sdp = std::exchange(leg.retry_sdp, {});
  }
  send_in(id, leg, leg.peer, Purpose::kOffer, leg.offer_by, {}, "application/sdp", leg.offered_sdp);
}

void Legs::offer_reply(LegId id, Leg& leg, Outgoing outgoing, const Message& response) {
  const bool invite = outgoing.method == Method::kInvite, good = response.status() < 300;
  if (good && invite) send_ack(id, leg, leg.peer, outgoing.cseq, {});
  if (leg.state != LegState::kUp) return;
  if (!good) return offer_failed(id, leg, outgoing, response.status());
  session_from_reply(id, leg, response);
  const auto body = body_of_type(response, "application/sdp");
  if (outgoing.body.empty()) return;
  leg.offer = OfferState::kStable;
  leg.local_sdp = outgoing.body;
  const bool same = body && *body == leg.remote_sdp;
  if (body) leg.remote_sdp = *body;
  if (outgoing.purpose == Purpose::kOffer || !same) tell(OfferAnswered{id, leg.remote_sdp});
}

void Legs::offer_failed(LegId id, Leg& leg, const Outgoing& outgoing, int status) {
  if (status == 481 || status == 408) {
    end(id, leg, {.cause = Cause::kFault, .status = status});
    return leave(id, leg, {});
  }
  if (outgoing.purpose == Purpose::kRefresh) {
    if (!outgoing.body.empty()) leg.offer = OfferState::kStable;
    return;
  }
  if (status == 491 && ++leg.glares <= kMostGlares) {
    // Who made the Call-ID waits longer, so that the two do not meet again (section 14.1).
    const std::int64_t ms = leg.outgoing ? 2100 + 10 * static_cast<std::int64_t>(context_.entropy.below(191))
                                         : 10 * static_cast<std::int64_t>(context_.entropy.below(200));
    // Meanwhile the peer's own offer may come and go.
    leg.offer = OfferState::kStable;
    leg.retry_timer = context_.arm(Duration::millis(ms), TimerKind::kLegRetry, id);
    leg.retry_sdp = outgoing.body;
    return;
  }
  leg.offer = OfferState::kStable;
  tell(OfferRefused{id, status});
}

// -- session timer --

std::string Legs::session_fields(const Leg& leg) const {
  const SessionTimer& wanted = context_.settings.session;
  std::string out;
  const int least = std::max(leg.session_least, wanted.least);
  const int interval = std::max(leg.session > 0 ? leg.session : wanted.expires, wanted.expires > 0 ? least : 0);
  if (interval <= 0) return out;
  std::string value = std::to_string(interval);
  // In a call whose refresher is agreed it stays the same.
  if (leg.session > 0) value += leg.refresh_ours ? ";refresher=uac" : ";refresher=uas";
  append_field(out, "Session-Expires", value);
  append_field(out, "Min-SE", static_cast<std::uint64_t>(least));
  return out;
}

// What a request of the peer means for the timer; gives the fields of the 2xx (section 9).
std::string Legs::agree_session(LegId, Leg& leg, const Peer& peer, const Message& request) {
  const std::string_view value = request.first(Header::kSessionExpires);
  const SessionTimer& wanted = context_.settings.session;
  const auto asked = leading_number(value, 86400);
  int interval = asked ? std::max(static_cast<int>(*asked), wanted.least) : wanted.expires;
  if (asked && wanted.expires > 0) interval = std::min(interval, std::max(wanted.expires, static_cast<int>(*asked)));
  leg.session = interval;
  if (interval <= 0) return {};
  const Params params{value.substr(std::min(value.find(';'), value.size()))};
  const auto refresher = params.get("refresher");
  const bool theirs = asked && peer.timer && !(refresher && iequals(*refresher, "uas"));
  leg.refresh_ours = !theirs;
  leg.refreshing = false;
  std::string out;
  append_field(out, "Session-Expires", std::to_string(interval) + (theirs ? ";refresher=uac" : ";refresher=uas"));
  if (theirs) append_field(out, "Require", "timer");
  return out;
}

void Legs::session_from_reply(LegId id, Leg& leg, const Message& response) {
  const std::string_view value = response.first(Header::kSessionExpires);
  const auto agreed = leading_number(value, 86400);
  const Params params{value.substr(std::min(value.find(';'), value.size()))};
  const auto refresher = params.get("refresher");
  if (agreed && *agreed > 0) {
    leg.session = std::max(static_cast<int>(*agreed), 30);
    leg.refresh_ours = !(refresher && iequals(*refresher, "uas"));
  } else {
    // The peer does not know of it: we ask alone, and learn whether somebody answers.
    leg.session = std::max(context_.settings.session.expires, leg.session_least);
    leg.refresh_ours = true;
  }
  leg.refreshing = false;
  arm_session(id, leg);
}

void Legs::arm_session(LegId id, Leg& leg) {
  context_.timers.cancel(leg.session_timer);
  if (leg.session <= 0) return;
  const int margin = std::min(32, leg.session / 3);
  const int wait = leg.refresh_ours ? leg.session / 2 : leg.session - margin;
  leg.session_timer = context_.arm(Duration::seconds(wait), TimerKind::kLegSession, id);
}

void Legs::on_session(LegId id, Leg& leg) {
  if (leg.state != LegState::kUp && leg.state != LegState::kAnswering) return;
  if (!leg.refresh_ours || leg.refreshing) {
    // Nobody refreshed in time: the peer is gone (section 10).
    end(id, leg, {.cause = Cause::kExpired, .status = 408});
    return leave(id, leg, {});
  }
  leg.refreshing = true;
  const int rest = leg.session - leg.session / 2 - std::min(32, leg.session / 3);
  leg.session_timer = context_.arm(Duration::seconds(std::max(rest, 1)), TimerKind::kLegSession, id);
  if (leg.peer.updates) {
    send_in(id, leg, leg.peer, Purpose::kRefresh, Method::kUpdate, {});
  } else if (leg.offer == OfferState::kStable && leg.ok.bytes.empty() && !leg.local_sdp.empty()) {
    leg.offer = OfferState::kOurs;
    send_in(id, leg, leg.peer, Purpose::kRefresh, Method::kInvite, {}, "application/sdp", leg.local_sdp);
  }
}

}  // namespace carillon::voice::sip
