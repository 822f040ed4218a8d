// Whoever waits asks to be called back: which number, whether that may be, and when they rather wait on.
#include "calls/core/callbacks.h"
#include "calls/core/parties.h"
#include "calls/core/plan.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

namespace {

constexpr std::int64_t kMostAsked = 3;  // of one step; then they wait on

}  // namespace

// An estimate that nobody can make is taken for long: a promise that is broken is worse than none.
bool State::in_time(const NumberRecord& number, Instant now, const Floor& floor) const {
  const Instant closes = closes_at(number, now);
  return closes.is_never() || now + floor.expected_wait.value_or(kUnknownWait) <= closes;
}

// Nobody is offered them meanwhile, and their place is kept.
void State::begin_asking(Context& entry, Live& live, const Floor& floor) {
  CallRecord& row = live.row;
  const NumberRecord* number = this->number(row.number_sid);
  if (!number || !in_time(*number, entry.now, floor)) {
    touch(live);
    return say(live, {too_late_words(), row.consent_due ? row.consent_words : Words{}});
  }
  row.announce_at = Instant::never();
  row.asking.to = own_number(row);
  ask({.kind = Request::Kind::hold,
       .reason = Reason::callback_taken,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = {},
       .worker = {},
       .arrive = {},
       .leg = {}});
  row.asking.times = 0;
  ask_step(entry, live, row.asking.to.empty() ? CallbackStep::enter : CallbackStep::confirm);
}

void State::ask_step(Context& entry, Live& live, CallbackStep step, std::vector<Words> first) {
  CallRecord& row = live.row;
  touch(live);
  row.asking.step = step;
  row.asking.by = entry.now + kStepWithin;
  ++row.asking.times;
  if (step == CallbackStep::enter) {
    row.asking.to.clear();
    first.push_back(enter_words());
  } else {
    for (Words& words : confirm_words(row.asking.to)) first.push_back(std::move(words));
  }
  say(live, first);
  arm(live);
  entry.events.push_back(event(EventType::kCallUpdated, row));
}

void State::add_digit(Context& entry, Live& live, char digit) {
  touch(live);
  if (live.row.asking.to.size() < kMostDigits) live.row.asking.to += digit;
  live.row.asking.by = entry.now + kKeyWithin;
  arm(live);
}

void State::number_entered(Context& entry, Live& live) {
  CallRecord& row = live.row;
  const std::string number = typed_number(row.asking.to);
  if (number.empty()) return step_silent(entry, live);
  row.asking.to = number;
  row.asking.times = 0;
  ask_step(entry, live, CallbackStep::confirm);
}

void State::number_confirmed(Context& entry, Live& live, bool do_not_call, const Floor& floor) {
  CallRecord& row = live.row;
  const NumberRecord* number = this->number(row.number_sid);
  if (!number || !in_time(*number, entry.now, floor)) return wait_on(entry, live, too_late_words());
  if (callbacks_to_.contains(row.asking.to)) return wait_on(entry, live, open_already_words());
  // Whoever asks by telephone has the right of an agent.
  const bool may = !do_not_call && may_call_back(row.asking.to, DiallingRight::agent).ok();
  if (!may && row.asking.times < kMostAsked) {
    return ask_step(entry, live, CallbackStep::enter, {not_callable_words()});
  }
  if (!may) return wait_on(entry, live, not_callable_words());
  if (callbacks_.size() >= kMaxCallbacks) return wait_on(entry, live, waiting_on_words());
  take_callback(entry, live, *number);
}

// No key came, or no number: once more, then they wait on.
void State::step_silent(Context& entry, Live& live) {
  if (live.row.asking.times >= kMostAsked) return wait_on(entry, live, waiting_on_words());
  ask_step(entry, live, live.row.asking.step);
}

void State::wait_on(Context& entry, Live& live, const Words& words) {
  CallRecord& row = live.row;
  touch(live);
  row.asking.step = CallbackStep::none;
  row.asking.to.clear();
  row.asking.by = Instant::never();
  say(live, {words, row.consent_due ? row.consent_words : Words{}});
  await_announcement(entry, row);
  arm(live);
  entry.events.push_back(event(EventType::kCallUpdated, row));
  ask({.kind = Request::Kind::go_on,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = {},
       .worker = {},
       .arrive = {},
       .leg = {}});
}

// The call ends with thanks; its contact, and its place, are the callback's from here on.
void State::take_callback(Context& entry, Live& live, const NumberRecord& number) {
  CallRecord& call = live.row;
  touch(live);
  CallbackRecord row;
  row.mode = number.callback.mode;
  row.to = call.asking.to;
  row.name = call.from_name;
  row.number_sid = call.number_sid;
  row.contact_sid = call.contact_sid;
  row.conversation_sid = call.conversation_sid;
  row.customer_sid = call.customer_sid;
  row.asked_in_sid = call.sid;
  row.most_tries = number.callback.tries;
  row.retry_after = number.callback.retry_after;
  const CallbackId sid = add_callback(entry, std::move(row)).row.sid;
  call.callback_sid = sid;
  call.asking.step = CallbackStep::none;
  call.asking.by = Instant::never();
  call.reason = Reason::callback_taken;
  ask({.kind = Request::Kind::callback_taken,
       .reason = Reason::callback_taken,
       .call = call.sid,
       .contact = call.contact_sid,
       .task = {},
       .worker = {},
       .arrive = {},
       .leg = {},
       .callback = sid});
  part(entry, live, Bucket::none, thanks_words());
  entry.events.push_back(event(EventType::kCallUpdated, call));
}

}  // namespace carillon::calls
