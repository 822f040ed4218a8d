// A call from its first ring to its end: arriving, connecting, holding, leaving.
#include <algorithm>

#include "base/check.h"
#include "calls/core/callbacks.h"
#include "calls/core/parties.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

namespace {

constexpr std::size_t kMaxAddress = 256;

bool has_another_connected(const CallRecord& call, const LegRecord& than) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&](const LegRecord& leg) {
    return leg.sid != than.sid && leg.role != LegRole::coach && leg.status == LegStatus::connected;
  });
}

}  // namespace

// ---- arriving ----

Result<std::string> State::arrive(Context& entry, const Arrive& c, const Floor& floor) {
  const NumberRecord* number = this->number(c.number_sid);
  if (!number) return Error(ErrorCode::kNotFound, "found no number " + c.number_sid.str()).at("number_sid");
  if (!c.leg_sid) return Error(ErrorCode::kMissingField, "found no leg_sid; say which leg calls").at("leg_sid");
  if (c.from.size() > kMaxAddress || c.to.size() > kMaxAddress || c.from_name.size() > kMaxAddress) {
    return Error(ErrorCode::kTooLong, "found an address of more than " + std::to_string(kMaxAddress) + " bytes")
        .at("from");
  }
  const bool refused = (number->refuse_anonymous && c.from.empty()) ||
                       std::binary_search(number->blocked.begin(), number->blocked.end(), c.from);
  if (refused) return Error(ErrorCode::kForbidden, "this number takes no calls from " + c.from).at("from");
  const CallId sid = entry.ids.next<CallId>();
  Live& live = calls_[sid];
  live.row = {.sid = sid,
              .number_sid = number->sid,
              .customer_sid = c.customer_sid,
              .from = c.from.empty() ? "anonymous" : c.from,
              .from_name = c.from_name,
              .to = c.to,
              .music = number->music,
              .created_at = entry.now,
              .identity = c.identity,
              .recording_policy = policy_of(*number, sid),
              .more_words = {},
              .key_words = number->key_words,
              .voicemail_key = number->voicemail_key,
              .consent_words = number->consent_words,
              .keep_withdrawn = number->keep_withdrawn,
              .asking = {.key = number->callback.key, .words = offer_words(number->callback), .to = {}},
              .seq = entry.entry * kSeqsAnEntry + made_in_entry_++,
              .version = 0};
  live.row.legs.push_back({.sid = c.leg_sid, .address = live.row.from, .created_at = entry.now});
  if (live.row.recording_policy != RecordingPolicy::never) live.row.consent_rule = number->consent;
  if (c.connect_within.us > 0) {
    live.row.legs.front().connect_by = entry.now + c.connect_within;
    live.row.asking.key.clear(), live.row.asking.words = {};  // a page has no keys, and cannot be called
  }
  touch(live);
  entry.events.push_back(event(EventType::kCallCreated, live.row));
  if (Live* lost = lost_call_of(c)) {
    take_up(entry, live, *lost, c);
  } else if (!is_open(*number, entry.now)) {
    turn_away(entry, live, Bucket::closed);
  } else if (LiveCallback* asked = callback_of_caller(*number, c)) {
    join_callback(entry, live, *asked);
  } else if (floor.full) {
    turn_away(entry, live, Bucket::full);
  } else if (!floor.staffed && number->turn_away_unstaffed) {
    turn_away(entry, live, Bucket::failed_by_us);
  } else {
    ask({.kind = Request::Kind::open_contact, .call = sid, .arrive = c});
  }
  arm(live);
  return sid.str();
}

// It waits in a queue from the very first ring: ringing long to greet nobody would only hide the wait.
void State::contact_opened(Context& entry, CallId sid, ContactId contact, ConversationId conversation,
                           CustomerId customer) {
  Live& live = calls_.at(sid);
  touch(live);
  live.row.contact_sid = contact, live.row.conversation_sid = conversation, live.row.customer_sid = customer;
  by_contact_[contact] = sid;
  if (live.row.direction == Direction::outbound) return;
  const NumberRecord* number = this->number(live.row.number_sid);
  live.row.consent_due = live.row.consent_rule != ConsentRule::none;
  say(live, {number->greeting, live.row.consent_due ? live.row.consent_words : Words{}, live.row.key_words,
             live.row.asking.words});
  begin_waiting(entry, live.row);
  arm(live);
  entry.events.push_back(event(EventType::kCallQueued, live.row));
}

void State::contact_refused(Context& entry, CallId sid, Reason reason) {
  Live& live = calls_.at(sid);
  touch(live);
  live.row.reason = reason;
  if (live.row.direction == Direction::outbound) return end_call(entry, live, reason, false);
  const NumberRecord* number = this->number(live.row.number_sid);
  part(entry, live, Bucket::full, number ? number->full_words : Words{});
}

void State::say(Live& live, const std::vector<Words>& words) {
  std::vector<Words> said;
  std::copy_if(words.begin(), words.end(), std::back_inserter(said), [](const Words& one) { return one != Words{}; });
  if (said.empty()) return;
  live.row.words = said.front();
  live.row.more_words.assign(said.begin() + 1, said.end());
  ++live.row.words_count;
}

// Words, and then it ends. Without words it ends at once: a caller hears busy.
void State::part(Context& entry, Live& live, Bucket turned_away, const Words& words) {
  live.row.turned_away = turned_away;
  by_contact_.erase(live.row.contact_sid);  // what is left of the contact is no call's any more
  if (words == Words{}) return end_call(entry, live, Reason::by_system, false);
  say(live, {words});
  live.row.status = CallStatus::farewell;
  live.row.announce_at = Instant::never();
  live.row.farewell_by = entry.now + kFarewellWithin;
  arm(live);
}

Result<std::string> State::on(Context& entry, const WordsEnded& c) {
  auto live = live_call(c.call_sid);
  if (!live) return live.error();
  if (c.count == (*live)->row.words_count) words_ended(entry, **live);
  return c.call_sid.str();
}

// ---- connecting ----

void State::task_assigned(Context& entry, ContactId contact, TaskId task, WorkerId worker) {
  if (call_back(entry, contact, task, worker)) return;
  Live* live = live_of(contact, task);
  if (!live || live->row.status == CallStatus::farewell || live->row.status == CallStatus::voicemail) return;
  CallRecord& row = live->row;
  const auto invited = std::find_if(row.legs.begin(), row.legs.end(), [&](const LegRecord& leg) {
    return leg.task_sid == task && leg.status == LegStatus::ringing;
  });
  if (invited == row.legs.end() && is_crowded(row)) {
    return ask(
        {.kind = Request::Kind::connect_failed, .call = row.sid, .contact = contact, .task = task, .worker = worker});
  }
  stop_coaching(entry, worker);  // one phone, and a task goes first
  touch(*live);
  if (invited != row.legs.end()) {
    invited->status = LegStatus::connecting;
    invited->connect_by = entry.now + kConnectWithin;
    arm(*live);
    auto told = event(EventType::kCallUpdated, row);
    told.leg = invited->sid, told.worker = worker, told.task = task;
    entry.events.push_back(told);
    return;
  }
  row.legs.push_back({.sid = entry.ids.next<LegId>(),
                      .role = LegRole::agent,
                      .worker_sid = worker,
                      .task_sid = task,
                      .created_at = entry.now,
                      .connect_by = entry.now + kConnectWithin});
  arm(*live);
  auto told = event(EventType::kCallLegCreated, row);
  told.leg = row.legs.back().sid, told.worker = worker, told.task = task;
  entry.events.push_back(told);
}

Result<std::string> State::on(Context& entry, const LegConnected& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  LegRecord* leg = find_leg(live.row, c.leg_sid);
  if (!leg) return no_leg(c.leg_sid.str());
  if (leg->status == LegStatus::connected) return leg->sid.str();
  touch(live);
  leg->status = LegStatus::connected;
  if (leg->connected_at.us == 0) leg->connected_at = entry.now;
  leg->connect_by = Instant::never();
  auto told = event(EventType::kCallLegConnected, live.row);
  told.leg = leg->sid, told.worker = leg->role == LegRole::agent ? leg->worker_sid : WorkerId{},
  told.task = leg->task_sid;
  entry.events.push_back(told);
  const std::string sid = leg->sid.str();
  // One of these; the legs may have moved afterwards.
  const bool customer_came = leg->role == LegRole::customer && live.row.status == CallStatus::dialling;
  if (leg->role == LegRole::agent) {
    agent_connected(entry, live, *leg);
  } else if (leg->role == LegRole::coach) {
    if (!leg->unseen) supervisor_came(entry, live);
  } else if (customer_came) {
    customer_answered(entry, live);
  } else if (leg->role == LegRole::outside && live.row.transfer_leg_sid == leg->sid) {
    hand_over(entry, live);
  }
  arm(live);
  return sid;
}

void State::agent_connected(Context& entry, Live& live, const LegRecord& leg) {
  CallRecord& row = live.row;
  if (row.status == CallStatus::dialling) {
    // Now there is somebody to talk with: from here on it may ring.
    for (LegRecord& other : row.legs) {
      if (other.dialled && other.status == LegStatus::ringing) other.connect_by = entry.now + kAnswerWithin;
    }
    if (row.direction != Direction::internal || !has_another_connected(row, leg)) return;
    row.status = CallStatus::talking;
    row.answered_at = entry.now;
    return;
  }
  if (row.status != CallStatus::queued && row.status != CallStatus::talking) return;
  if (row.answered_at.us == 0) row.answered_at = entry.now;
  row.status = CallStatus::talking;
  row.announce_at = Instant::never();
  if (row.direction == Direction::internal) return;
  agent_arrived(entry, live, leg.worker_sid);
  if (row.consulting) return;  // the customer does not hear them
  ask({.kind = Request::Kind::answered,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = leg.task_sid,
       .worker = leg.worker_sid});
}

// ---- while they talk ----

Result<std::string> State::on(Context& entry, const SetHold& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  const LegRecord* agent = agent_leg(live.row, c.worker_sid);
  if (!agent || !takes_part(*agent)) return no_leg(c.worker_sid.str());
  if (!customer_of(live.row)) return forbids("an internal call has no customer who could be put on hold", "call_sid");
  LegRecord& customer = *customer_of(live.row);
  if (customer.on_hold == c.on_hold) return live.row.sid.str();
  if (live.row.transfer_leg_sid) return forbids("this call is being transferred; wait for the outcome", "call_sid");
  touch(live);
  customer.on_hold = c.on_hold;
  customer.held_by_sid = c.on_hold ? c.worker_sid : WorkerId{};
  if (!c.on_hold) live.row.consulting = false;
  auto told = event(c.on_hold ? EventType::kCallHeld : EventType::kCallResumed, live.row);
  told.leg = customer.sid, told.worker = c.worker_sid, told.task = agent->task_sid;
  entry.events.push_back(told);
  return live.row.sid.str();
}

Result<std::string> State::on(Context& entry, const SetMuted& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  LegRecord* agent = agent_leg((*found)->row, c.worker_sid);
  if (!agent || !takes_part(*agent)) return no_leg(c.worker_sid.str());
  if (agent->muted == c.muted) return agent->sid.str();
  touch(**found);
  agent->muted = c.muted;
  auto told = event(EventType::kCallUpdated, (*found)->row);
  told.leg = agent->sid, told.worker = c.worker_sid;
  entry.events.push_back(told);
  return agent->sid.str();
}

// ---- leaving ----

Result<std::string> State::on(Context& entry, const LegEnded& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  LegRecord* leg = find_leg(live.row, c.leg_sid);
  if (!leg) return no_leg(c.leg_sid.str());
  const std::string sid = leg->sid.str();
  if (leg->role == LegRole::customer) {
    end_call(entry, live, c.reason, live.row.status != CallStatus::onward);
  } else if (leg->role == LegRole::outside) {
    party_left(entry, live, *leg, c.reason);
  } else if (leg->role == LegRole::coach) {
    end_leg(entry, live, *leg, c.reason);
  } else if (c.reason == Reason::worker_lost && leg->status == LegStatus::connected) {
    agent_lost(entry, live, *leg);
  } else if (takes_part(*leg)) {
    agent_leaves(entry, live, *leg, c.reason);
  }
  return sid;
}

// A page that is loaded again, a network that stumbles: the customer hears music meanwhile.
void State::agent_lost(Context& entry, Live& live, LegRecord& leg) {
  touch(live);
  leg.status = LegStatus::connecting;
  leg.connect_by = entry.now + kComeBackWithin;
  arm(live);
  auto told = event(EventType::kCallUpdated, live.row);
  told.leg = leg.sid, told.worker = leg.worker_sid, told.task = leg.task_sid;
  entry.events.push_back(told);
}

void State::task_left(Context& entry, ContactId contact, TaskId task, Reason reason) {
  Live* live = live_of(contact, task);
  if (!live) return;
  CallRecord& row = live->row;
  if (row.transfer_leg_sid && row.transfer_task_sid == task) {
    // Nobody is left to whom it could come back.
    const LegId called = std::exchange(row.transfer_leg_sid, {});
    row.transfer_task_sid = {};
    if (LegRecord* leg = find_leg(row, called)) end_leg(entry, *live, *leg, reason);
  }
  for (LegRecord& leg : row.legs) {
    if (leg.role != LegRole::agent || leg.task_sid != task || !is_live(leg)) continue;
    const bool asked = leg.status == LegStatus::ringing;
    const bool held_them = row.legs.front().held_by_sid == leg.worker_sid && row.legs.front().on_hold;
    end_leg(entry, *live, leg, asked ? reason : Reason::by_system);
    if (!asked && held_them && has_agent(row, false)) take_customer_back(entry, *live);
  }
  if (row.direction == Direction::internal) return end_if_alone(entry, *live, reason);
  const bool alone = std::none_of(row.legs.begin(), row.legs.end(),
                                  [](const LegRecord& leg) { return leg.invited_by_sid && is_live(leg); });
  if (row.consulting && alone) row.consulting = false, touch(*live);
  after_agent_left(entry, *live);
}

void State::end_leg(Context& entry, Live& live, LegRecord& leg, Reason reason) {
  end_help(entry, live, leg, reason);
  touch(live);
  leg.status = LegStatus::ended;
  leg.ended_at = entry.now;
  leg.reason = reason;
  leg.on_hold = false;
  leg.connect_by = Instant::never();
  if (leg.role == LegRole::coach) coaching_.erase(leg.worker_sid);
  if (live.row.direction == Direction::internal) by_task_.erase(leg.task_sid);
  arm(live);
  auto told = event(EventType::kCallLegEnded, live.row);
  told.leg = leg.sid, told.worker = leg.role == LegRole::agent ? leg.worker_sid : WorkerId{}, told.task = leg.task_sid,
  told.reason = reason;
  entry.events.push_back(told);
}

// Nobody is there any more: the customer waits again.
void State::after_agent_left(Context& entry, Live& live) {
  CallRecord& row = live.row;
  if (has_agent(row, false) || row.transfer_leg_sid) return;
  if (row.status == CallStatus::dialling) return end_call(entry, live, Reason::by_worker, true);
  if (row.status != CallStatus::talking) return;
  touch(live);
  set_recording(entry, live, Recording::off, {});
  row.status = CallStatus::queued;
  row.consulting = false;
  row.legs.front().on_hold = false;
  row.legs.front().held_by_sid = {};
  begin_waiting(entry, row);
  arm(live);
  entry.events.push_back(event(EventType::kCallQueued, row));
}

void State::begin_waiting(Context& entry, CallRecord& row) {
  const NumberRecord* number = this->number(row.number_sid);
  const bool limited = number && number->max_wait.us > 0;
  row.max_wait_at = limited ? entry.now + number->max_wait : Instant::never();
  await_announcement(entry, row);
}

void State::await_announcement(Context& entry, CallRecord& row) {
  const NumberRecord* number = this->number(row.number_sid);
  const bool announces = number && (number->announce_position || number->announce_wait || row.key_words != Words{} ||
                                    row.asking.words != Words{});
  row.announce_at = announces ? entry.now + number->announce_every : Instant::never();
}

Result<std::string> State::on(Context& entry, const HangUp& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  end_call(entry, **found, c.reason, (*found)->row.status != CallStatus::onward);
  return c.call_sid.str();
}

void State::side_ended(Context& entry, ContactId contact, Reason reason) {
  drop_callback_of(entry, contact, reason);
  if (Live* live = live_of(contact)) end_call(entry, *live, reason, false);
}

void State::customer_linked(Context&, ContactId contact, CustomerId customer) {
  if (const auto found = callbacks_of_contact_.find(contact); found != callbacks_of_contact_.end()) {
    LiveCallback& callback = callbacks_.at(found->second);
    touch(callback);
    callback.row.customer_sid = customer;
  }
  Live* live = live_of(contact);
  if (!live || live->row.customer_sid == customer) return;
  touch(*live);
  live->row.customer_sid = customer;
}

void State::end_call(Context& entry, Live& live, Reason reason, bool tell) {
  CallRecord& row = live.row;
  if (row.status == CallStatus::ended) return;
  touch(live);
  LiveCallback* tried = callback_of_try(row);
  // Its contact goes on without it.
  if (tried || row.reason == Reason::callback_taken) tell = false;
  if (row.status == CallStatus::lost) lost_.erase({row.number_sid, row.identity, row.seq, row.sid});
  if (row.status == CallStatus::voicemail) reason = end_message(entry, live, reason, tell);
  set_recording(entry, live, Recording::off, {});
  row.status = CallStatus::ended;
  row.ended_at = entry.now;
  if (row.reason == Reason::none) row.reason = reason;
  row.announce_at = row.farewell_by = row.return_by = row.message_by = row.asking.by = Instant::never();
  row.asking.step = CallbackStep::none;
  row.consulting = false;
  row.transfer_leg_sid = {};
  row.transfer_task_sid = {};
  for (LegRecord& leg : row.legs) {
    if (!is_live(leg)) continue;
    if (row.direction == Direction::internal && leg.task_sid) let_go_of_task(row, leg, reason);
    end_leg(entry, live, leg, reason);
  }
  arm(live);
  entry.events.push_back(event(EventType::kCallEnded, row));
  if (tell && row.contact_sid) {
    ask({.kind = Request::Kind::end_side, .reason = reason, .call = row.sid, .contact = row.contact_sid});
  }
  if (tried) try_failed(entry, *tried, row, reason);
}

// ---- time ----

// Whom we called did not answer; whom we asked did not take it.
void State::nobody_came(Context& entry, Live& live, LegRecord& leg) {
  if (leg.role == LegRole::customer) return end_call(entry, live, Reason::no_answer, true);
  if (leg.role == LegRole::outside) return party_left(entry, live, leg, Reason::no_answer);
  let_go_of_task(live.row, leg, Reason::missed);
  end_leg(entry, live, leg, Reason::missed);
  end_if_alone(entry, live, Reason::missed);
}

void State::not_connected(Context& entry, Live& live, LegRecord& leg) {
  CallRecord& row = live.row;
  if (leg.role == LegRole::customer) return end_call(entry, live, Reason::customer_left, true);  // their page is gone
  if (leg.role != LegRole::agent) return end_leg(entry, live, leg, Reason::connect_failed);
  if (row.status == CallStatus::dialling || row.direction == Direction::internal) {
    return end_call(entry, live, Reason::connect_failed, true);
  }
  // The customer has somebody, or waits for the outcome of a transfer: then the task goes on without a phone.
  if (row.transfer_leg_sid && row.transfer_task_sid == leg.task_sid) {
    return end_leg(entry, live, leg, Reason::connect_failed);
  }
  if (has_other_agent(row, leg)) return agent_leaves(entry, live, leg, Reason::connect_failed);
  ask({.kind = leg.returned ? Request::Kind::give_back : Request::Kind::connect_failed,
       .reason = Reason::connect_failed,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = leg.task_sid,
       .worker = leg.worker_sid});
  end_leg(entry, live, leg, Reason::connect_failed);
  after_agent_left(entry, live);
}

void State::due(Context& entry, Live& live) {
  CallRecord& row = live.row;
  if (row.farewell_by <= entry.now) return end_call(entry, live, Reason::by_system, false);
  if (row.return_by <= entry.now) return end_call(entry, live, Reason::lost_by_us, !row.lost_worker_sid);
  if (row.message_by <= entry.now) return message_due(entry, live);
  if (row.asking.by <= entry.now) return step_silent(entry, live);
  const bool asks = row.asking.step != CallbackStep::none;
  if (row.status == CallStatus::queued && !asks && row.max_wait_at <= entry.now) return waited_long_enough(entry, live);
  for (LegRecord& leg : row.legs) {
    if (leg.connect_by > entry.now) continue;
    return leg.status == LegStatus::ringing ? nobody_came(entry, live, leg) : not_connected(entry, live, leg);
  }
  // The media says position and expected wait as they are then; here only that it is time.
  touch(live);
  const NumberRecord* number = this->number(row.number_sid);
  row.announce_at = number ? entry.now + number->announce_every : Instant::never();
  arm(live);
  entry.events.push_back(event(EventType::kCallAnnouncement, row));
}

}  // namespace carillon::calls
