// Legs: finding, making and ending them.
#include "voice/sip/legs.h"

#include <algorithm>

#include "voice/sip/fields.h"
#include "voice/sip/trunk_book.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {

Legs::Legs(Context& context, Wire& wire, Transactions& transactions, Requests& requests, const TrunkBook& trunks)
    : context_(context),
      wire_(wire),
      transactions_(transactions),
      requests_(requests),
      trunks_(trunks),
      merging_(64, KeyedHash{context.entropy.seed()}) {}

LegId Legs::make_leg(Leg*& leg) {
  const LegId id = id_of(legs_.take());
  leg = &legs_.at(id);
  leg->token = context_.entropy.next();
  append_hex(leg->local_tag, id.slot, 8);
  append_hex(leg->local_tag, leg->token, 16);
  return id;
}

Leg* Legs::by_tag(std::string_view local_tag, std::string_view call_id, LegId& id) {
  if (local_tag.size() != 24) return nullptr;
  const auto slot = parse_hex(local_tag.substr(0, 8)), token = parse_hex(local_tag.substr(8));
  if (!slot || !token) return nullptr;
  id = id_of(legs_.in_slot(static_cast<std::uint32_t>(*slot)));
  Leg* leg = legs_.find(id);
  return leg != nullptr && leg->token == *token && leg->call_id == call_id ? leg : nullptr;
}

Peer* Legs::peer_of(Leg& leg, std::string_view tag) {
  if (leg.peer.tag == tag && !leg.peer.party.empty()) return &leg.peer;
  for (Peer& fork : leg.forks) {
    if (fork.tag == tag) return &fork;
  }
  return nullptr;
}

Peer& Legs::peer_number(Leg& leg, std::uint32_t number) {
  for (Peer& fork : leg.forks) {
    if (fork.number == number) return fork;
  }
  return leg.peer;
}

LegId Legs::by_replaces(std::string_view value, bool& early_only) {
  std::string_view rest = value;
  const std::string_view call_id = trim(take_until(rest, ';'));
  const Params params{value.substr(std::min(value.find(';'), value.size()))};
  early_only = params.has("early-only");
  LegId id;
  // Their to-tag is ours: the Replaces comes from somebody who was told of our dialog.
  Leg* leg = by_tag(params.get("to-tag").value_or(""), call_id, id);
  if (leg == nullptr || leg->state == LegState::kLeaving) return {};
  return peer_of(*leg, params.get("from-tag").value_or("")) != nullptr ? id : LegId{};
}

void Legs::trace(LegId id, const Message& message, const Flow& from) { wire_.trace_in(id, message, from); }

CallEnded Legs::ended_by(const Message& message, Cause cause) const {
  CallEnded ended;
  ended.cause = cause;
  if (!message.is_request()) {
    ended.status = message.status();
    ended.phrase = message.reason();
    ended.retry_after = static_cast<int>(leading_number(message.first(Header::kRetryAfter), 86400).value_or(0));
    if (message.status() < 400) {
      message.each(Header::kContact, [&](std::string_view line) {
        while (const auto value = next_value(line)) {
          const auto contact = read_name_addr(*value);
          if (contact && ended.contacts.size() < 8) ended.contacts.emplace_back(contact->uri);
        }
      });
    }
  }
  read_reason(message, ended);
  return ended;
}

// Tells the host, once. What the protocol still has to do is another matter.
void Legs::end(LegId id, Leg& leg, CallEnded ended) {
  if (leg.told_ended) return;
  leg.told_ended = true;
  ended.leg = id;
  tell(std::move(ended));
}

void Legs::forget_invite(Leg& leg) {
  if (leg.merge_key.empty()) return;
  merging_.erase(leg.merge_key);
  leg.merge_key.clear();
}

void Legs::release(LegId id) {
  Leg& leg = legs_.at(id);
  for (TimerId* timer : {&leg.reliable_timer, &leg.ok_timer, &leg.retry_timer, &leg.wait_timer, &leg.session_timer}) {
    context_.timers.cancel(*timer);
  }
  for (const Outgoing& outgoing : leg.out) requests_.disown(outgoing.request);
  // Nothing that came in stays without an answer.
  if (!leg.offer_from.empty()) transactions_.respond(leg.offer_from, {487});
  if (!leg.refer.empty()) transactions_.respond(leg.refer, {603});
  if (!leg.invite.empty()) transactions_.respond(leg.invite, {487, {}, leg.local_tag});
  forget_invite(leg);
  if (leg.source.flow.transport != Transport::kUdp) wire_.keep(leg.source.flow.connection, -1);
  legs_.release(id);
}

// The call is over for the host; BYE, CANCEL or a refusal tells the peer.
void Legs::leave(LegId id, Leg& leg, const Why& why) {
  const LegState before = leg.state;
  leg.state = LegState::kLeaving;
  context_.timers.cancel(leg.session_timer);
  context_.timers.cancel(leg.retry_timer);
  context_.timers.cancel(leg.wait_timer);
  switch (before) {
    case LegState::kCalling:
      for (const Outgoing& outgoing : leg.out) {
        if (outgoing.purpose == Purpose::kInitial) requests_.cancel(outgoing.request, reason_field(why));
      }
      // A 200 that the host never answered with a description: acknowledged and ended.
      if (leg.owes_ack) {
        send_ack(id, leg, leg.peer, leg.ack_cseq, {});
        say_bye(id, leg, why);
      }
      return;
    case LegState::kRinging:
      transactions_.respond(leg.invite, {480, {}, leg.local_tag, reason_field(why)});
      leg.invite = {};
      return release(id);
    case LegState::kAnswering:
      return;  // BYE goes with the ACK, or when it does not come (section 15)
    case LegState::kUp:
      if (leg.owes_ack) send_ack(id, leg, leg.peer, leg.ack_cseq, {});
      return say_bye(id, leg, why);
    case LegState::kLeaving:
      return;
  }
}

void Legs::say_bye(LegId id, Leg& leg, const Why& why) {
  leg.state = LegState::kLeaving;
  context_.timers.cancel(leg.ok_timer);
  send_in(id, leg, leg.peer, Purpose::kBye, Method::kBye, reason_field(why));
}

Result<void> Legs::hang_up(LegId id, const Why& why) {
  Leg* leg = find(id);
  if (leg == nullptr || leg->state == LegState::kLeaving) return Error(ErrorCode::kNotFound, "this call has ended");
  end(id, *leg, {.cause = Cause::kLocal});
  leave(id, *leg, why);
  return {};
}

Result<void> Legs::reject(LegId id, int status, const Why& why, const std::vector<std::string>& contacts) {
  Leg* leg = find(id);
  if (leg == nullptr) return Error(ErrorCode::kNotFound, "this call has ended");
  if (leg->state != LegState::kRinging || status < 300 || status > 699) {
    return Error(ErrorCode::kStateForbids, "a call that rings is rejected with 300 to 699");
  }
  std::string fields = reason_field(why);
  for (const std::string& contact : contacts) append_field(fields, "Contact", '<' + contact + '>');
  transactions_.respond(leg->invite, {status, {}, leg->local_tag, fields});
  leg->invite = {};
  end(id, *leg, {.cause = Cause::kLocal, .status = status});
  release(id);
  return {};
}

void Legs::on_timer(const TimerKey& key) {
  const LegId id = id_of(key.who);
  Leg* leg = find(id);
  if (leg == nullptr) return;
  switch (key.kind) {
    case TimerKind::kLegAnswer:
      return leg->ok_timer = {}, repeat_ok(id, *leg);
    case TimerKind::kLegReliable:
      return leg->reliable_timer = {}, repeat_reliable(id, *leg);
    case TimerKind::kLegSession:
      return leg->session_timer = {}, on_session(id, *leg);
    case TimerKind::kLegRetry:
      return leg->retry_timer = {}, send_offer(id, *leg);
    case TimerKind::kLegWait:
      return leg->wait_timer = {}, owed_too_long(id, *leg);
    default:
      return;
  }
}

void Legs::on_no_reply(const Owner& owner, Handle request, Failure failure) {
  const LegId id = id_of(owner.who);
  Leg* leg = find(id);
  if (leg == nullptr) return;
  const Outgoing outgoing = take_outgoing(*leg, request);
  const Cause cause = failure == Failure::kTransport ? Cause::kTransport : Cause::kNoAnswer;
  switch (outgoing.purpose) {
    case Purpose::kInitial:
      end(id, *leg, {.cause = cause, .status = failure == Failure::kTransport ? 503 : 408});
      return release(id);
    case Purpose::kBye:
      return release(id);
    case Purpose::kOffer:
    case Purpose::kRefresh:
    case Purpose::kProbe:
      // The peer is gone (section 12.2.1.2).
      if (leg->state != LegState::kUp) return;
      end(id, *leg, {.cause = cause, .status = 408});
      return leave(id, *leg, {});
    case Purpose::kRefer:
      if (leg->state != LegState::kLeaving) tell(ReferProgress{id, 408, true});
      return;
    default:
      return;
  }
}

}  // namespace carillon::voice::sip
