// Whether the customer agrees to be recorded, and what follows from it.
#include <algorithm>

#include "calls/core/plan.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

// Agreement comes before the recording, and its end before everything.
void State::set_consent(Context& entry, Live& live, Consent to, WorkerId by) {
  CallRecord& row = live.row;
  LegRecord& customer = row.legs.front();
  if (customer.consent == to) return;
  touch(live);
  customer.consent = to;
  row.consent_due = false;
  if (to == Consent::withdrawn && !row.keep_withdrawn && row.recording_sid) row.erase_recordings = true;
  auto told = event(EventType::kCallUpdated, row);
  told.leg = customer.sid, told.worker = by;
  entry.events.push_back(told);
  if (!may_record(row) && row.status != CallStatus::voicemail) set_recording(entry, live, Recording::off, by);
  const auto there = std::find_if(row.legs.begin(), row.legs.end(), [](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.status == LegStatus::connected;
  });
  if (there != row.legs.end()) agent_arrived(entry, live, there->worker_sid);
}

Result<std::string> State::on(Context& entry, const WithdrawConsent& c) {
  auto live = recorded_call(c.call_sid, c.worker_sid, Recording::off);
  if (!live) return live.error();
  set_consent(entry, **live, Consent::withdrawn, c.worker_sid);
  return c.call_sid.str();
}

}  // namespace carillon::calls
