// The table of who hears what.
#include "calls/core/plan.h"

#include <algorithm>

namespace carillon::calls {

namespace {

bool somebody_there(const CallRecord& call, LegRole role) {
  return std::any_of(call.legs.begin(), call.legs.end(),
                     [&](const LegRecord& leg) { return leg.role == role && leg.status == LegStatus::connected; });
}

Hears customer_hears(const CallRecord& call, const LegRecord& leg) {
  switch (call.status) {
    case CallStatus::queued:
    case CallStatus::farewell:
      return Hears::words;
    case CallStatus::talking:
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
  return leg.emergency || call.status != CallStatus::dialling || somebody_there(call, LegRole::agent);
}

// Agents among themselves, while the customer hears music, are not recorded.
RecordingPlan recording_of(const CallRecord& call) {
  const LegRecord& customer = call.legs.front();
  const bool together = customer.role == LegRole::customer && customer_hears(call, customer) == Hears::room;
  return {.recording = call.recording_sid,
          .wanted = call.recording != Recording::off && call.status == CallStatus::talking,
          .paused = call.recording == Recording::paused || !together};
}

}  // namespace

CallPlan plan_of(const CallRecord& call) {
  CallPlan plan{.call = call.sid,
                .words = call.words,
                .words_count = call.words_count,
                .music = call.music,
                .words_end_it = call.status == CallStatus::farewell,
                .recording = {},
                .legs = {}};
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
