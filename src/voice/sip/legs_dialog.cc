// Legs: requests of the peer in a dialog.
#include <algorithm>

#include "voice/sip/fields.h"
#include "voice/sip/legs.h"
#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr Duration kOwedTime = Duration::seconds(20);

}  // namespace

void Legs::in_dialog(Handle transaction, const Message& request, const Flow& from) {
  LegId id;
  Leg* leg = by_tag(request.to_tag(), request.call_id(), id);
  Peer* peer = leg == nullptr ? nullptr : peer_of(*leg, request.from_tag());
  if (peer == nullptr) return transactions_.respond(transaction, {481});
  transactions_.own(transaction, {OwnerKind::kLegRequest, id, 0}, id);
  trace(id, request, from);
  const std::uint32_t cseq = request.cseq()->number;
  // Out of order: something older than what was already served (section 12.2.2).
  if (peer->has_cseq && cseq <= peer->cseq) return transactions_.respond(transaction, {500});
  peer->cseq = cseq;
  peer->has_cseq = true;
  if (leg->state == LegState::kLeaving && request.method() != Method::kBye)
    return transactions_.respond(transaction, {481});
  dispatch(id, *leg, *peer, transaction, request, from);
}

void Legs::dispatch(LegId id, Leg& leg, Peer& peer, Handle transaction, const Message& request, const Flow& from) {
  if (const std::string unknown = unknown_extensions(request); !unknown.empty()) {
    std::string fields;
    append_field(fields, "Unsupported", unknown);
    return transactions_.respond(transaction, {420, {}, {}, fields});
  }
  switch (request.method()) {
    case Method::kBye:
      return got_bye(id, leg, peer, transaction, request);
    case Method::kInvite:
    case Method::kUpdate:
      return got_offer(id, leg, peer, transaction, request, from);
    case Method::kPrack:
      return got_prack(id, leg, transaction, request);
    case Method::kInfo:
      return got_info(id, leg, transaction, request);
    case Method::kRefer:
      return got_refer(id, leg, transaction, request);
    case Method::kNotify:
      return got_notify(id, leg, transaction, request);
    default:
      break;
  }
  std::string fields;
  append_field(fields, "Allow", kAllow);
  const bool fine = request.method() == Method::kOptions;
  transactions_.respond(transaction, {fine ? 200 : 405, {}, {}, fields});
}

void Legs::got_bye(LegId id, Leg& leg, Peer&, Handle transaction, const Message& request) {
  transactions_.respond(transaction, {200});
  CallEnded ended = ended_by(request, Cause::kHungUp);
  if (leg.state == LegState::kCalling) {
    // One that rings says it is gone; whatever else rings is called off with it.
    end(id, leg, std::move(ended));
    return leave(id, leg, {});
  }
  end(id, leg, std::move(ended));
  release(id);
}

// The host owes something; nobody waits for it for ever.
void Legs::owe(LegId id, Leg& leg) {
  if (leg.wait_timer.empty()) leg.wait_timer = context_.arm(kOwedTime, TimerKind::kLegWait, id);
}

void Legs::owed_too_long(LegId id, Leg& leg) {
  if (!leg.refer.empty()) {
    transactions_.respond(leg.refer, {603});
    leg.refer = {};
  }
  if (!leg.offer_from.empty()) {
    transactions_.respond(leg.offer_from, {488});
    leg.offer_from = {};
    leg.offer = OfferState::kStable;
  }
  if (!leg.owes_ack) return;
  end(id, leg, {.cause = Cause::kFault, .status = 504});
  leave(id, leg, {});
}

void Legs::got_info(LegId id, Leg& leg, Handle transaction, const Message& request) {
  if (leg.state != LegState::kUp && leg.state != LegState::kAnswering) {
    transactions_.respond(transaction, {200});
    return;
  }
  if (const auto dtmf = read_dtmf(request)) {
    transactions_.respond(transaction, {200});
    return tell(Dtmf{id, dtmf->first, dtmf->second});
  }
  const std::string_view type = request.first(Header::kContentType);
  if (istarts_with(type, "application/dtmf")) return transactions_.respond(transaction, {400});
  transactions_.respond(transaction, {200});
  if (!request.body().empty()) tell(Info{id, std::string(type.substr(0, 256)), std::string(request.body())});
}

Result<void> Legs::info(LegId id, const std::string& type, const std::string& body) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->state != LegState::kUp || leg->out.size() >= 32)
    return Error(ErrorCode::kStateForbids, "INFO needs a call that is up");
  send_in(id, *leg, leg->peer, Purpose::kInfo, Method::kInfo, {}, type, body);
  return {};
}

// Whatever the answer is, somebody is there, but 481 and 408 (section 12.2.1.2) and none at all.
Result<void> Legs::probe(LegId id) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->state != LegState::kUp || leg->out.size() >= 32)
    return Error(ErrorCode::kStateForbids, "OPTIONS in a dialog needs a call that is up");
  send_in(id, *leg, leg->peer, Purpose::kProbe, Method::kOptions, {});
  return {};
}

// -- transfer (RFC 3515) --

void Legs::got_refer(LegId id, Leg& leg, Handle transaction, const Message& request) {
  const auto to = read_name_addr(request.first(Header::kReferTo));
  auto uri = to ? Uri::parse(to->uri) : std::nullopt;
  if (!uri) return transactions_.respond(transaction, {400, "Bad Refer-To"});
  if (leg.state != LegState::kUp) return transactions_.respond(transaction, {403});
  if (!leg.refer.empty() || leg.notifies) return transactions_.respond(transaction, {491});
  ReferReceived refer;
  refer.leg = id;
  if (const auto replaces = uri->header("Replaces")) {
    bool early_only = false;
    refer.replaces = by_replaces(*replaces, early_only);
    refer.replaces_field = *replaces;
  }
  uri->headers.clear();
  refer.target = uri->text();
  refer.referred_by = request.first(Header::kReferredBy).substr(0, 512);
  leg.refer = transaction;
  leg.refer_cseq = request.cseq()->number;
  owe(id, leg);
  tell(std::move(refer));
}

Result<void> Legs::accept_refer(LegId id) {
  Leg* leg = find(id);
  if (leg == nullptr || leg->refer.empty()) return Error(ErrorCode::kStateForbids, "no REFER waits for an answer");
  std::string fields;
  append_field(fields, "Contact", wire_.contact(leg->peer.flow.value_or(leg->source.flow)));
  transactions_.respond(leg->refer, {202, {}, {}, fields});
  leg->refer = {};
  if (leg->offer_from.empty()) context_.timers.cancel(leg->wait_timer);
  leg->notifies = true;
  return notify_refer(id, 100, false);
}

Result<void> Legs::refuse_refer(LegId id, int status) {
  Leg* leg = find(id);
  if (leg == nullptr || leg->refer.empty()) return Error(ErrorCode::kStateForbids, "no REFER waits for an answer");
  transactions_.respond(leg->refer, {status < 400 || status > 699 ? 603 : status});
  leg->refer = {};
  if (leg->offer_from.empty()) context_.timers.cancel(leg->wait_timer);
  return {};
}

Result<void> Legs::notify_refer(LegId id, int status, bool final) {
  Leg* leg = find(id);
  if (leg == nullptr || leg->state != LegState::kUp || !leg->notifies) {
    return Error(ErrorCode::kStateForbids, "nobody waits to hear of a transfer");
  }
  leg->notifies = !final;
  std::string fields;
  append_field(fields, "Event", "refer;id=" + std::to_string(leg->refer_cseq));
  append_field(fields, "Subscription-State", final ? "terminated;reason=noresource" : "active;expires=60");
  std::string body = "SIP/2.0 " + std::to_string(status) + ' ' + std::string(status_phrase(status)) + "\r\n";
  send_in(id, *leg, leg->peer, Purpose::kNotify, Method::kNotify, std::move(fields), "message/sipfrag;version=2.0",
          std::move(body));
  return {};
}

Result<void> Legs::refer(LegId id, const std::string& target, LegId replaces, const std::string& referred_by) {
  Leg* leg = find(id);
  if (leg == nullptr || leg->state != LegState::kUp)
    return Error(ErrorCode::kStateForbids, "only a call that is up is transferred");
  auto uri = Uri::parse(target);
  if (!uri) return Error(ErrorCode::kInvalidValue, "'" + target + "' is no URI");
  if (const Leg* other = find(replaces)) {
    const std::string value = other->call_id + ";to-tag=" + other->peer.tag + ";from-tag=" + other->local_tag;
    uri->headers = "Replaces=" + percent_encoded(value, "");
  }
  std::string fields;
  append_field(fields, "Refer-To", '<' + uri->text() + '>');
  if (!referred_by.empty() && referred_by.find_first_of("\r\n") == std::string::npos) {
    append_field(fields, "Referred-By", referred_by);
  }
  send_in(id, *leg, leg->peer, Purpose::kRefer, Method::kRefer, std::move(fields));
  return {};
}

void Legs::refer_reply(LegId id, Leg& leg, const Message& response) {
  if (leg.state != LegState::kLeaving)
    tell(ReferProgress{id, response.status() < 300 ? 100 : response.status(), response.status() >= 300});
}

void Legs::got_notify(LegId id, Leg&, Handle transaction, const Message& request) {
  std::string_view event = request.first(Header::kEvent);
  if (!iequals(trim(take_until(event, ';')), "refer")) return transactions_.respond(transaction, {489});
  transactions_.respond(transaction, {200});
  std::string_view line = request.body();
  line = line.substr(0, line.find('\n'));
  const auto status = istarts_with(line, "SIP/2.0 ") ? parse_number(line.substr(8, 3), 699) : std::nullopt;
  if (!status || *status < 100) return;
  const bool over = istarts_with(request.first(Header::kSubscriptionState), "terminated") || *status >= 200;
  tell(ReferProgress{id, static_cast<int>(*status), over});
}

}  // namespace carillon::voice::sip
