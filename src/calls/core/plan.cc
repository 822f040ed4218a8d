// The table of who hears what.
#include "calls/core/plan.h"

#include <algorithm>

namespace carillon::calls {

namespace {

bool somebody_there(const CallRecord& call, LegRole role) {
  return std::any_of(call.legs.begin(), call.legs.end(),
                     [&](const LegRecord& leg) { return leg.role == role && leg.status == LegStatus::connected; });
}

bool agent_comes(const CallRecord& call) {
  return std::any_of(call.legs.begin(), call.legs.end(), [](const LegRecord& leg) {
    return leg.role == LegRole::agent && (leg.status == LegStatus::connecting || leg.status == LegStatus::connected);
  });
}

Hears customer_hears(const CallRecord& call, const LegRecord& leg) {
  switch (call.status) {
    case CallStatus::queued:
      return call.asking.step == CallbackStep::enter && !call.asking.to.empty() ? Hears::silence : Hears::words;
    case CallStatus::farewell:
      return Hears::words;
    case CallStatus::voicemail:
      return call.message_since.us == 0 ? Hears::words : Hears::silence;
    case CallStatus::talking:
      if (call.consent_due) return Hears::words;
      return leg.on_hold || !(somebody_there(call, LegRole::agent) || somebody_there(call, LegRole::outside))
                 ? Hears::music
                 : Hears::room;
    case CallStatus::onward:
      return Hears::room;
    case CallStatus::dialling:
    case CallStatus::lost:
    case CallStatus::ended:
      break;
  }
  return Hears::silence;
}

Hears outside_hears(const CallRecord& call) { return call.status == CallStatus::queued ? Hears::music : Hears::room; }

// Alone, while somebody is being called, they hear that it rings.
Hears agent_hears(const CallRecord& call, const LegRecord& mine) {
  bool rings = false;
  for (const LegRecord& leg : call.legs) {
    if (leg.sid == mine.sid || leg.role == LegRole::coach) continue;
    const bool held = leg.role == LegRole::customer && leg.on_hold;
    if (leg.status == LegStatus::connected && !held) return Hears::room;
    rings = rings || leg.status == LegStatus::ringing;
  }
  return rings ? Hears::ringing : Hears::room;
}

Hears hears_of(const CallRecord& call, const LegRecord& leg) {
  if (leg.role == LegRole::customer) return customer_hears(call, leg);
  if (leg.role == LegRole::outside) return outside_hears(call);
  return leg.role == LegRole::agent ? agent_hears(call, leg) : Hears::room;
}

// Nobody is called before there is somebody to talk with; in an emergency at once.
bool to_be_dialled(const CallRecord& call, const LegRecord& leg) {
  if (!leg.dialled || leg.status != LegStatus::ringing) return false;
  return leg.emergency || call.customer_first || call.status != CallStatus::dialling ||
         somebody_there(call, LegRole::agent);
}

// A last lock: whatever was commanded, nobody is recorded who has not agreed. Agents among themselves, while the customer hears
// music, are not recorded.
RecordingPlan recording_of(const CallRecord& call) {
  if (call.status == CallStatus::voicemail) {
    return {.recording = call.recording_sid, .wanted = call.recording != Recording::off, .message = true};
  }
  const LegRecord& customer = call.legs.front();
  const bool together = customer.role == LegRole::customer && customer_hears(call, customer) == Hears::room;
  return {.recording = call.recording_sid,
          .wanted = call.recording != Recording::off && call.status == CallStatus::talking && may_record(call),
          .paused = call.recording == Recording::paused || !together};
}

KeyMeaning asked_for(const CallRecord& call, char key) {
  if (key == '*') return KeyMeaning::wait_on;
  if (call.asking.step == CallbackStep::confirm) {
    return key == '1' ? KeyMeaning::this_number : key == '2' ? KeyMeaning::other_number : KeyMeaning::nothing;
  }
  return key == '#' ? KeyMeaning::number_ends : KeyMeaning::digit;
}

}  // namespace

// Who is just being connected stays: the agent is there in a moment.
KeyMeaning meaning_of(const CallRecord& call, char key) {
  const std::string_view pressed(&key, 1);
  const bool waits_or_talks = call.status == CallStatus::queued || call.status == CallStatus::talking;
  if (call.asking.step != CallbackStep::none) return asked_for(call, key);
  const bool is_asked = call.consent_rule == ConsentRule::ask && call.legs.front().consent == Consent::none;
  if (waits_or_talks && is_asked && key == '1') return KeyMeaning::consent;
  if (waits_or_talks && is_asked && key == '2') return KeyMeaning::no_consent;
  if (call.status == CallStatus::queued) {
    if (agent_comes(call)) return KeyMeaning::nothing;
    if (call.asking.key == pressed) return KeyMeaning::ask_callback;
    return call.voicemail_key == pressed ? KeyMeaning::leave_message : KeyMeaning::nothing;
  }
  const bool speaks = call.status == CallStatus::voicemail && call.message_since.us != 0;
  return speaks && key == '#' ? KeyMeaning::end_message : KeyMeaning::nothing;
}

bool may_record(const CallRecord& call) {
  const Consent said = call.legs.front().consent;
  switch (call.consent_rule) {
    case ConsentRule::none:
      return said != Consent::withdrawn;
    case ConsentRule::announce:
      return said == Consent::announced;
    case ConsentRule::ask:
      break;
  }
  return said == Consent::yes;
}

std::string keys_of(const CallRecord& call) {
  std::string out;
  for (const char key : std::string_view("0123456789*#")) {
    if (meaning_of(call, key) != KeyMeaning::nothing) out += key;
  }
  return out;
}

CallPlan plan_of(const CallRecord& call) {
  CallPlan plan{.call = call.sid,
                .words = {},
                .words_count = call.words_count,
                .key_words = call.key_words,
                .callback_words = call.asking.words,
                .music = call.music,
                .words_end_it = call.status == CallStatus::farewell || call.status == CallStatus::voicemail ||
                                (call.consent_due && call.asking.step == CallbackStep::none),
                .asks = call.asking.step != CallbackStep::none,
                .keys = keys_of(call),
                .recording = {},
                .legs = {}};
  plan.words.push_back(call.words);
  plan.words.insert(plan.words.end(), call.more_words.begin(), call.more_words.end());
  for (const LegRecord& leg : call.legs) {
    LegPlan one{
        .leg = leg.sid, .role = leg.role, .worker = leg.worker_sid, .monitoring = leg.monitoring, .reason = leg.reason};
    one.wanted = leg.status != LegStatus::ended;
    if (!one.wanted) {
      plan.legs.push_back(one);
      continue;
    }
    one.rings = leg.status == LegStatus::ringing;
    one.dial = to_be_dialled(call, leg);
    if (!one.rings) one.hears = hears_of(call, leg);
    const bool in_room = one.hears == Hears::room || one.hears == Hears::ringing;
    one.speaks = in_room && !leg.muted && leg.monitoring != Monitoring::listen;
    plan.legs.push_back(one);
  }
  plan.recording = recording_of(call);
  return plan;
}

}  // namespace carillon::calls
