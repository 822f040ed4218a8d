// The table of who hears what.
#include "calls/core/plan.h"

#include <algorithm>

namespace carillon::calls {

namespace {

bool somebody_there(const CallRecord& call) {
  return std::any_of(call.legs.begin(), call.legs.end(), [](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.status == LegStatus::connected;
  });
}

Hears customer_hears(const CallRecord& call, const LegRecord& leg) {
  switch (call.status) {
    case CallStatus::queued:
    case CallStatus::farewell:
      return Hears::words;
    case CallStatus::talking:
      return leg.on_hold || !somebody_there(call) ? Hears::music : Hears::room;
    case CallStatus::lost:
    case CallStatus::ended:
      break;
  }
  return Hears::silence;
}

// Agents among themselves, while the customer hears music, are not recorded.
RecordingPlan recording_of(const CallRecord& call) {
  const bool together = customer_hears(call, call.legs.front()) == Hears::room;
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
    one.hears = leg.role == LegRole::customer ? customer_hears(call, leg) : Hears::room;
    one.speaks = one.hears == Hears::room && !leg.muted && leg.monitoring != Monitoring::listen;
    plan.legs.push_back(one);
  }
  plan.recording = recording_of(call);
  return plan;
}

}  // namespace carillon::calls
