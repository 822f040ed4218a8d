// Callbacks from the task they wait with to their end: tries, pauses, and the caller who calls first.
#include <algorithm>

#include "calls/core/callbacks.h"
#include "calls/core/parties.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

namespace {

Error no_callback(CallbackId sid) {
  return Error(ErrorCode::kNotFound, "found no open callback " + sid.str() + "; it may have ended").at("callback_sid");
}

}  // namespace

// ---- rows ----

void State::touch(LiveCallback& live) {
  if (live.touched) return;
  live.touched = true;
  ++live.row.version;
  touched_callbacks_.push_back(&live);
  changes_.callbacks.push_back(&live.row);
}

void State::arm(LiveCallback& live) {
  const CallbackRecord& row = live.row;
  Instant at = row.status == CallbackStatus::paused ? row.next_try_at : Instant::never();
  // Whoever is just being called is not hung up on.
  if (is_open(row.status) && row.status != CallbackStatus::calling) at = std::min(at, row.not_after);
  if (at == live.armed) return;
  if (!live.armed.is_never()) callback_timers_.erase({live.armed, row.seq, row.sid});
  if (!at.is_never()) callback_timers_.insert({at, row.seq, row.sid});
  live.armed = at;
}

void State::tell(Context& entry, EventType type, const CallbackRecord& row) const {
  events::Event told{.type = type, .reason = row.reason, .task = row.task_sid, .worker = row.worker_sid};
  told.queue = row.task_queue_sid;
  told.conversation = row.conversation_sid;
  told.contact = row.contact_sid;
  told.customer = row.customer_sid;
  told.call = row.call_sid;
  told.number_sid = row.number_sid;
  told.callback = row.sid;
  told.from = row.created_at;
  entry.events.push_back(told);
}

State::LiveCallback& State::add_callback(Context& entry, CallbackRecord row) {
  row.sid = entry.ids.next<CallbackId>();
  row.created_at = entry.now;
  row.seq = entry.entry * kSeqsAnEntry + made_in_entry_++;
  row.version = 0;
  LiveCallback& live = callbacks_[row.sid];
  live.row = std::move(row);
  callbacks_to_[live.row.to] = live.row.sid;
  if (live.row.contact_sid) callbacks_of_contact_[live.row.contact_sid] = live.row.sid;
  touch(live);
  arm(live);
  return live;
}

void State::end_callback(Context& entry, LiveCallback& live, CallbackStatus status, Reason reason) {
  touch(live);
  CallbackRecord& row = live.row;
  row.status = status;
  row.reason = reason;
  row.ended_at = entry.now;
  row.next_try_at = Instant::never();
  callbacks_to_.erase(row.to);
  callbacks_of_contact_.erase(row.contact_sid);
  arm(live);
  tell(entry, EventType::kCallbackEnded, row);
}

State::LiveCallback* State::open_callback(CallbackId sid) {
  const auto found = callbacks_.find(sid);
  return found == callbacks_.end() || !is_open(found->second.row.status) ? nullptr : &found->second;
}

State::LiveCallback* State::callback_of_try(const CallRecord& call) {
  if (!call.callback_sid) return nullptr;
  LiveCallback* live = open_callback(call.callback_sid);
  return live && live->row.status == CallbackStatus::calling && live->row.call_sid == call.sid ? live : nullptr;
}

const CallbackRecord* State::callback(CallbackId sid) const {
  const auto found = callbacks_.find(sid);
  return found == callbacks_.end() ? nullptr : &found->second.row;
}

std::vector<const CallbackRecord*> State::callbacks() const {
  std::vector<const CallbackRecord*> out;
  for (const auto& [sid, live] : callbacks_) {
    if (is_open(live.row.status)) out.push_back(&live.row);
  }
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->seq < b->seq; });
  return out;
}

// ---- beginning ----

// Nobody is called back where help is called, and nobody where a right is missing.
Result<void> State::may_call_back(const std::string& address, DiallingRight right) const {
  const auto forbidden = [](std::string found) {
    return Error(ErrorCode::kDestinationForbidden, std::move(found)).at("to");
  };
  if (emergency_of(dialling_, address)) return forbidden("found the emergency number " + address);
  const DestinationRule* rule = rule_of(dialling_, address);
  if (!rule || (rule->needs != DiallingRight::nobody && rule->needs <= right)) return {};
  return forbidden("calls to " + rule->prefix + " need the right '" + std::string(codec::enum_name(rule->needs)) + "'");
}

Result<std::string> State::on(Context& entry, const RequestCallback& c) {
  auto address = callable(c.to);
  if (!address) return address.error();
  const NumberRecord* number = this->number(c.number_sid);
  if (!number) return Error(ErrorCode::kInvalidValue, "found no number " + c.number_sid.str()).at("number_sid");
  if (number->worker_sid && !c.task_queue_sid) {
    return Error(ErrorCode::kInvalidValue, "found a direct number, whose calls go to no queue; name one")
        .at("task_queue_sid");
  }
  if (c.name.size() > 256) return Error(ErrorCode::kTooLong, "found a name of more than 256 bytes").at("name");
  if (c.do_not_call) {
    return Error(ErrorCode::kDoNotCall, *address + " is on the do-not-call list of this workspace").at("to");
  }
  if (auto may = may_call_back(*address, c.right); !may) return may.error();
  if (const auto open = callbacks_to_.find(*address); open != callbacks_to_.end()) {
    return forbids("callback " + open->second.str() + " to " + *address + " is open already", "to");
  }
  if (callbacks_.size() >= kMaxCallbacks) {
    return Error(ErrorCode::kLimit,
                 "found " + std::to_string(kMaxCallbacks) + " open callbacks, the most there may be");
  }
  const Instant begins = opens_at(*number, std::max(entry.now, c.not_before));
  const Instant ends = c.not_after.us == 0 ? Instant::never() : c.not_after;
  if (ends <= begins) {
    return forbids(begins.is_never() ? "the number is never open again" : "the time is over before the number is open",
                   "not_after");
  }
  CallbackRecord row;
  row.mode = c.mode.value_or(number->callback.mode);
  row.to = *std::move(address);
  row.name = c.name;
  row.number_sid = c.number_sid;
  row.task_queue_sid = c.task_queue_sid;
  row.customer_sid = c.customer_sid;
  row.right = c.right;
  row.most_tries = number->callback.tries;
  row.retry_after = number->callback.retry_after;
  row.not_after = ends;
  if (begins > entry.now) row.status = CallbackStatus::paused, row.next_try_at = begins;
  const CallbackId sid = add_callback(entry, std::move(row)).row.sid;
  ask({.kind = Request::Kind::open_callback,
       .call = {},
       .contact = {},
       .task = {},
       .worker = {},
       .arrive = {},
       .leg = {},
       .callback = sid});
  return sid.str();
}

void State::callback_filed(Context& entry, CallbackId sid, const CallbackFiled& filed) {
  LiveCallback* live = open_callback(sid);
  if (!live) return;
  touch(*live);
  CallbackRecord& row = live->row;
  if (!filed.task) return end_callback(entry, *live, CallbackStatus::canceled, Reason::by_system);
  row.contact_sid = filed.contact, row.conversation_sid = filed.conversation, row.customer_sid = filed.customer;
  row.task_sid = filed.task, row.task_queue_sid = filed.queue;
  callbacks_of_contact_[row.contact_sid] = sid;
  tell(entry, EventType::kCallbackCreated, row);
  if (row.status != CallbackStatus::paused) return;
  ask({.kind = Request::Kind::pause_callback,
       .call = {},
       .contact = row.contact_sid,
       .task = row.task_sid,
       .worker = {},
       .arrive = {},
       .leg = {},
       .callback = sid,
       .until = row.next_try_at});
}

void State::callback_moved(ContactId contact, TaskId from, TaskId to) {
  const auto found = callbacks_of_contact_.find(contact);
  LiveCallback* live = found == callbacks_of_contact_.end() ? nullptr : open_callback(found->second);
  if (!live || live->row.task_sid != from) return;
  touch(*live);
  live->row.task_sid = to;
}

// ---- trying ----

// An agent has taken its task: whoever is to be called first is called. False: it is no callback's, or they were reached already.
bool State::call_back(Context& entry, ContactId contact, TaskId, WorkerId worker) {
  const auto found = callbacks_of_contact_.find(contact);
  LiveCallback* live = found == callbacks_of_contact_.end() ? nullptr : open_callback(found->second);
  if (!live || live->row.status != CallbackStatus::waiting) return false;
  touch(*live);
  live->row.worker_sid = worker;
  // Who gave the right is asked once; what costs is counted each time.
  auto leg = in_a_call(worker) ? Result<LegRecord>(forbids("the worker is in a call already", "worker_sid"))
                               : called_leg(entry, live->row.to, live->row.number_sid, live->row.right, false);
  if (leg && !leg->emergency) {
    make_try(entry, *live, worker, *std::move(leg));
    return true;
  }
  live->row.tries.push_back({{}, worker, entry.now, Reason::unreachable});
  try_again(entry, *live, Reason::unreachable);
  return true;
}

void State::make_try(Context& entry, LiveCallback& live, WorkerId worker, LegRecord leg) {
  CallbackRecord& callback = live.row;
  const NumberRecord* number = this->number(callback.number_sid);
  leg.role = LegRole::customer;
  CallRecord row;
  row.direction = Direction::outbound;
  row.number_sid = callback.number_sid;
  row.contact_sid = callback.contact_sid;
  row.conversation_sid = callback.conversation_sid;
  row.customer_sid = callback.customer_sid;
  row.from = leg.caller_id;
  row.from_name = callback.name;
  row.to = leg.address;
  row.callback_sid = callback.sid;
  row.customer_first = callback.mode == CallbackMode::customer_first;
  if (number) row.music = number->music;
  row.legs.push_back(std::move(leg));
  if (!row.customer_first) {
    row.legs.push_back({.sid = entry.ids.next<LegId>(),
                        .role = LegRole::agent,
                        .worker_sid = worker,
                        .task_sid = callback.task_sid,
                        .address = {},
                        .created_at = entry.now,
                        .connect_by = entry.now + kConnectWithin});
  }
  stop_coaching(entry, worker);
  Live& made = make_call(entry, std::move(row));
  if (number) made.row.recording_policy = policy_of(*number, made.row.sid);
  if (made.row.recording_policy != RecordingPolicy::never) made.row.consent_rule = number->consent;
  by_contact_[callback.contact_sid] = made.row.sid;
  callback.call_sid = made.row.sid;
  callback.status = CallbackStatus::calling;
  arm(live);
  tell(entry, EventType::kCallbackUpdated, callback);
}

void State::callback_reached(Context& entry, LiveCallback& live) {
  live.row.tries.push_back({live.row.call_sid, live.row.worker_sid, entry.now, Reason::none});
  end_callback(entry, live, CallbackStatus::reached, Reason::none);
}

// The customer was called first and is there: the agent joins them. Should that fail, the customer waits as any caller.
void State::customer_joined(Context& entry, Live& live) {
  CallRecord& row = live.row;
  const CallbackRecord& callback = callbacks_.at(row.callback_sid).row;
  row.status = CallStatus::queued;
  row.legs.push_back({.sid = entry.ids.next<LegId>(),
                      .role = LegRole::agent,
                      .worker_sid = callback.worker_sid,
                      .task_sid = callback.task_sid,
                      .address = {},
                      .created_at = entry.now,
                      .connect_by = entry.now + kConnectWithin});
  arm(live);
  auto told = event(EventType::kCallLegCreated, row);
  told.leg = row.legs.back().sid, told.worker = callback.worker_sid, told.task = callback.task_sid;
  entry.events.push_back(told);
}

// A try that never rang is none: the task goes back to its place.
void State::try_failed(Context& entry, LiveCallback& live, const CallRecord& call, Reason reason) {
  touch(live);
  const bool rang = call.customer_first || std::any_of(call.legs.begin(), call.legs.end(), [](const LegRecord& leg) {
                      return leg.role == LegRole::agent && leg.connected_at.us != 0;
                    });
  if (rang && reason != Reason::lost_by_us) {
    live.row.tries.push_back({call.sid, live.row.worker_sid, call.created_at, reason});
    return try_again(entry, live, reason);
  }
  live.row.status = CallbackStatus::waiting;
  arm(live);
  tell(entry, EventType::kCallbackUpdated, live.row);
  ask({.kind = Request::Kind::connect_failed,
       .reason = Reason::connect_failed,
       .call = call.sid,
       .contact = live.row.contact_sid,
       .task = live.row.task_sid,
       .worker = live.row.worker_sid,
       .arrive = {},
       .leg = {}});
}

void State::try_again(Context& entry, LiveCallback& live, Reason reason) {
  CallbackRecord& row = live.row;
  touch(live);
  const NumberRecord* number = this->number(row.number_sid);
  const Instant at = number ? opens_at(*number, entry.now + row.retry_after) : entry.now + row.retry_after;
  Request request{.kind = Request::Kind::callback_over,
                  .reason = reason,
                  .call = row.call_sid,
                  .contact = row.contact_sid,
                  .task = row.task_sid,
                  .worker = row.worker_sid,
                  .arrive = {},
                  .leg = {},
                  .callback = row.sid};
  const bool over = static_cast<std::int64_t>(row.tries.size()) >= row.most_tries || at >= row.not_after;
  if (over || at.is_never()) {
    end_callback(entry, live, CallbackStatus::not_reached, reason);
    return ask(std::move(request));
  }
  row.status = CallbackStatus::paused;
  row.reason = reason;
  row.next_try_at = at;
  arm(live);
  tell(entry, EventType::kCallbackUpdated, row);
  request.kind = Request::Kind::pause_callback;
  request.until = at;
  ask(std::move(request));
}

// The place is kept once: who was not reached twice waits as if they had asked now.
void State::callback_due(Context& entry, LiveCallback& live) {
  CallbackRecord& row = live.row;
  Request request{.kind = Request::Kind::end_side,
                  .reason = Reason::time_to_live,
                  .call = row.call_sid,
                  .contact = row.contact_sid,
                  .task = row.task_sid,
                  .worker = {},
                  .arrive = {},
                  .leg = {},
                  .callback = row.sid};
  if (row.not_after <= entry.now) {
    end_callback(entry, live, CallbackStatus::expired, Reason::time_to_live);
    return ask(std::move(request));
  }
  touch(live);
  row.status = CallbackStatus::waiting;
  row.reason = Reason::none;
  row.next_try_at = Instant::never();
  arm(live);
  tell(entry, EventType::kCallbackUpdated, row);
  request.kind = Request::Kind::release_callback;
  request.to_the_end = row.tries.size() > 1;
  ask(std::move(request));
}

// ---- ending otherwise ----

Result<std::string> State::on(Context& entry, const CancelCallback& c) {
  LiveCallback* live = open_callback(c.callback_sid);
  if (!live) return no_callback(c.callback_sid);
  const bool calling = live->row.status == CallbackStatus::calling;
  end_callback(entry, *live, CallbackStatus::canceled, c.reason);
  const auto call = calls_.find(live->row.call_sid);
  if (calling && call != calls_.end()) end_call(entry, call->second, c.reason, false);
  ask({.kind = Request::Kind::end_side,
       .reason = c.reason,
       .call = live->row.call_sid,
       .contact = live->row.contact_sid,
       .task = {},
       .worker = {},
       .arrive = {},
       .leg = {}});
  return c.callback_sid.str();
}

// Its contact is over: somebody completed or canceled the task.
void State::drop_callback_of(Context& entry, ContactId contact, Reason reason) {
  const auto found = callbacks_of_contact_.find(contact);
  LiveCallback* live = found == callbacks_of_contact_.end() ? nullptr : open_callback(found->second);
  if (live) end_callback(entry, *live, CallbackStatus::canceled, reason);
}

// ---- the caller calls first ----

State::LiveCallback* State::callback_of_caller(const NumberRecord& number, const Arrive& c) {
  if (number.worker_sid || c.from.empty()) return nullptr;
  auto found = callbacks_to_.find(c.from);
  if (found == callbacks_to_.end() && !c.identity.empty()) found = callbacks_to_.find(c.identity);
  LiveCallback* live = found == callbacks_to_.end() ? nullptr : open_callback(found->second);
  return live && live->row.task_sid ? live : nullptr;
}

// They have their place, and whoever was just calling them first.
void State::join_callback(Context& entry, Live& live, LiveCallback& callback) {
  CallRecord& row = live.row;
  const bool calling = callback.row.status == CallbackStatus::calling;
  end_callback(entry, callback, CallbackStatus::joined, Reason::called_back);
  if (const auto tried = calls_.find(callback.row.call_sid); calling && tried != calls_.end()) {
    end_call(entry, tried->second, Reason::called_back, false);
  }
  row.callback_sid = callback.row.sid;
  row.contact_sid = callback.row.contact_sid;
  row.conversation_sid = callback.row.conversation_sid;
  if (!row.customer_sid) row.customer_sid = callback.row.customer_sid;
  by_contact_[row.contact_sid] = row.sid;
  row.consent_due = row.consent_rule != ConsentRule::none;
  const NumberRecord* number = this->number(row.number_sid);
  say(live, {number ? number->greeting : Words{}, row.consent_due ? row.consent_words : Words{}, row.key_words});
  begin_waiting(entry, row);
  entry.events.push_back(event(EventType::kCallQueued, row));
  ask({.kind = Request::Kind::callback_joined,
       .reason = Reason::called_back,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = callback.row.task_sid,
       .worker = calling ? callback.row.worker_sid : WorkerId{},
       .arrive = {},
       .leg = {},
       .callback = callback.row.sid});
}

}  // namespace carillon::calls
