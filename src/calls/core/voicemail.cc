// Who does not get through: keys of waiting callers, the number's longest wait, messages after a tone.
#include <algorithm>

#include "calls/core/callbacks.h"
#include "calls/core/plan.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

Result<std::string> State::press(Context& entry, const PressKey& c, const Floor& floor) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  if (live.row.legs.front().sid != c.leg_sid) {
    return Error(ErrorCode::kNotFound, "found no customer's leg " + c.leg_sid.str() + " in this call").at("leg_sid");
  }
  if (c.key.size() != 1) {
    return Error(ErrorCode::kInvalidValue, "found '" + c.key + "'; expected one key of 0-9, * and #").at("key");
  }
  switch (meaning_of(live.row, c.key.front())) {
    case KeyMeaning::nothing:
      break;  // the call has gone on meanwhile
    case KeyMeaning::leave_message:
      begin_voicemail(entry, live, Reason::voicemail, {});
      break;
    case KeyMeaning::consent:
      set_consent(entry, live, Consent::yes, {});
      break;
    case KeyMeaning::no_consent:
      set_consent(entry, live, Consent::no, {});
      break;
    case KeyMeaning::end_message:
      end_call(entry, live, Reason::customer_left, true);
      break;
    case KeyMeaning::ask_callback:
      begin_asking(entry, live, floor);
      break;
    case KeyMeaning::this_number:
      if (c.looked_up == live.row.asking.to) number_confirmed(entry, live, c.do_not_call, floor);
      break;
    case KeyMeaning::other_number:
      live.row.asking.times = 0;
      ask_step(entry, live, CallbackStep::enter);
      break;
    case KeyMeaning::digit:
      add_digit(entry, live, c.key.front());
      break;
    case KeyMeaning::number_ends:
      number_entered(entry, live);
      break;
    case KeyMeaning::wait_on:
      wait_on(entry, live, waiting_on_words());
      break;
  }
  return c.call_sid.str();
}

// It never reached a queue: a message is all that can be had, where the number takes one.
void State::turn_away(Context& entry, Live& live, Bucket bucket) {
  const NumberRecord& number = numbers_.at(live.row.number_sid);
  const bool closed = bucket == Bucket::closed, full = bucket == Bucket::full;
  const Words& words = closed ? number.closed_words : full ? number.full_words : number.nobody_words;
  const Instead instead = closed ? number.on_closed : full ? number.on_full : number.on_unstaffed;
  if (instead == Instead::words) return part(entry, live, bucket, words);
  live.row.turned_away = bucket;
  begin_voicemail(entry, live, Reason::voicemail, words);
}

// Until there is a message they keep their place, so that nothing is lost when it cannot be recorded.
void State::begin_voicemail(Context& entry, Live& live, Reason why, const Words& first) {
  CallRecord& row = live.row;
  touch(live);
  const NumberRecord* number = this->number(row.number_sid);
  row.status = CallStatus::voicemail;
  row.consent_due = false;
  row.voicemail_reason = why;
  row.announce_at = Instant::never();
  row.message_since = {};
  row.message_by = entry.now + kFarewellWithin;
  if (row.contact_sid) {
    ask({.kind = Request::Kind::hold, .reason = why, .call = row.sid, .contact = row.contact_sid});
  }
  const std::int64_t before = row.words_count;
  say(live, {first, number ? number->voicemail_words : Words{}});
  entry.events.push_back(event(EventType::kCallUpdated, row));
  if (row.words_count == before) record_message(entry, live);
  arm(live);
}

void State::words_ended(Context& entry, Live& live) {
  CallRecord& row = live.row;
  if (row.status == CallStatus::farewell) return end_call(entry, live, Reason::by_system, false);
  if (row.status == CallStatus::voicemail && row.message_since.us == 0) record_message(entry, live);
  if (!row.consent_due || row.asking.step != CallbackStep::none) return;
  touch(live);
  row.consent_due = false;
  if (row.consent_rule == ConsentRule::announce) set_consent(entry, live, Consent::announced, {});
}

void State::record_message(Context& entry, Live& live) {
  CallRecord& row = live.row;
  touch(live);
  const NumberRecord* number = this->number(row.number_sid);
  row.message_since = entry.now;
  row.message_by = entry.now + (number ? number->voicemail_max : NumberRecord{}.voicemail_max);
  set_recording(entry, live, Recording::on, {});
  arm(live);
}

// Words that never end are over; a message is as long as it may be.
void State::message_due(Context& entry, Live& live) {
  if (live.row.message_since.us == 0) return record_message(entry, live);
  end_call(entry, live, Reason::by_system, true);
}

Result<std::string> State::on(Context& entry, const MessageSilent& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  CallRecord& row = live.row;
  if (row.status != CallStatus::voicemail || row.recording_sid != c.recording_sid) return row.sid.str();
  if (!c.heard) row.message_since = {};  // nothing was said: no message
  end_call(entry, live, Reason::customer_left, true);
  return c.call_sid.str();
}

// Who waited has their place back; nobody else could be reached anyway.
void State::message_failed(Context& entry, Live& live) {
  CallRecord& row = live.row;
  touch(live);
  row.message_since = {};
  row.message_by = Instant::never();
  if (!row.contact_sid || row.voicemail_reason == Reason::queue_max_wait) {
    return end_call(entry, live, Reason::by_system, true);
  }
  row.status = CallStatus::queued;
  await_announcement(entry, row);
  arm(live);
  entry.events.push_back(event(EventType::kCallQueued, row));
  ask({.kind = Request::Kind::go_on, .call = row.sid, .contact = row.contact_sid});
}

// What was said for long enough is a message, whoever ended the call. Gives why the contact's wait has ended, if there is none.
Reason State::end_message(Context& entry, Live& live, Reason reason, bool& tell) {
  CallRecord& row = live.row;
  const NumberRecord* number = this->number(row.number_sid);
  const Duration shortest = number ? number->voicemail_min : NumberRecord{}.voicemail_min;
  const bool kept = row.message_since.us != 0 && entry.now - row.message_since >= shortest;
  if (!kept) return row.voicemail_reason == Reason::queue_max_wait ? Reason::queue_max_wait : reason;
  row.voicemail_sid = row.recording_sid;
  entry.events.push_back(event(EventType::kCallVoicemailLeft, row));
  ask({.kind = Request::Kind::message_left,
       .reason = row.voicemail_reason,
       .call = row.sid,
       .contact = row.contact_sid});
  tell = false;
  return reason;
}

// The wait ends here; what they hear afterwards is no part of it.
void State::waited_long_enough(Context& entry, Live& live) {
  CallRecord& row = live.row;
  touch(live);
  row.max_wait_at = Instant::never();
  const bool agent_comes = std::any_of(row.legs.begin(), row.legs.end(), [](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.status != LegStatus::ended;
  });
  if (agent_comes) {
    row.max_wait_at = entry.now + kConnectWithin;
    return arm(live);
  }
  const NumberRecord* number = this->number(row.number_sid);
  if (number && number->on_max_wait == Instead::voicemail) {
    return begin_voicemail(entry, live, Reason::queue_max_wait, number->max_wait_words);
  }
  row.reason = Reason::queue_max_wait;
  ask({.kind = Request::Kind::end_side, .reason = Reason::queue_max_wait, .call = row.sid, .contact = row.contact_sid});
  part(entry, live, Bucket::none, number ? number->max_wait_words : Words{});
}

void State::message_filed(CallId sid, ContactId contact, ConversationId conversation, CustomerId customer) {
  Live& live = calls_.at(sid);
  touch(live);
  live.row.contact_sid = contact, live.row.conversation_sid = conversation, live.row.customer_sid = customer;
}

}  // namespace carillon::calls
