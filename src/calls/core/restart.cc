// Our own restart: no media survives it, but the place of a caller does, if they call again in time.
#include <algorithm>

#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

void State::restarted(Context& entry) {
  const std::vector<const CallRecord*> in_order = calls();
  for (const CallRecord* row : in_order) {
    Live& live = calls_.at(row->sid);
    if (row->status == CallStatus::lost) {
      touch(live);
      live.row.return_by = entry.now + kReturnWithin;
      arm(live);
    } else if (row->status == CallStatus::onward) {
      end_call(entry, live, Reason::lost_by_us, false);
    } else if (row->status == CallStatus::farewell) {
      end_call(entry, live, Reason::by_system, true);
    } else if (row->identity.empty() || row->message_since.us != 0 ||
               (row->status == CallStatus::voicemail && !row->contact_sid)) {
      end_call(entry, live, Reason::lost_by_us, true);
    } else {
      lose(entry, live);
    }
  }
}

// Who waited keeps the task. Who talked has been answered: the contact ends and the worker wraps up, as after any talk.
void State::lose(Context& entry, Live& live) {
  CallRecord& row = live.row;
  touch(live);
  set_recording(entry, live, Recording::off, {});
  const bool talked = row.status == CallStatus::talking;
  for (LegRecord& leg : row.legs) {
    if (leg.status == LegStatus::ended) continue;
    if (talked && leg.role == LegRole::agent) row.lost_worker_sid = leg.worker_sid;
    end_leg(entry, live, leg, Reason::lost_by_us);
  }
  row.consulting = false;
  row.transfer_leg_sid = {};
  row.transfer_task_sid = {};
  row.status = CallStatus::lost;
  row.reason = Reason::lost_by_us;
  row.announce_at = row.message_by = row.asking.by = Instant::never();
  row.asking.step = CallbackStep::none;
  row.return_by = entry.now + kReturnWithin;
  lost_.emplace(row.number_sid, row.identity, row.seq, row.sid);
  arm(live);
  entry.events.push_back(event(EventType::kCallUpdated, row));
  if (talked) by_contact_.erase(row.contact_sid);
  ask({.kind = talked ? Request::Kind::end_side : Request::Kind::hold,
       .reason = Reason::lost_by_us,
       .call = row.sid,
       .contact = row.contact_sid});
}

State::Live* State::lost_call_of(const Arrive& c) {
  if (c.identity.empty()) return nullptr;
  const auto found = lost_.lower_bound({c.number_sid, c.identity, 0, CallId{}});
  const bool theirs = found != lost_.end() && std::get<0>(*found) == c.number_sid && std::get<1>(*found) == c.identity;
  return theirs ? &calls_.at(std::get<3>(*found)) : nullptr;
}

// They had their place, or somebody to talk to: neither opening hours nor a full queue send them away now.
void State::take_up(Context& entry, Live& live, Live& lost, const Arrive& c) {
  CallRecord& row = live.row;
  const CallRecord& before = lost.row;
  row.resumes_sid = before.sid;
  end_call(entry, lost, Reason::lost_by_us, false);
  if (before.lost_worker_sid) {
    return ask({.kind = Request::Kind::open_contact,
                .call = row.sid,
                .contact = before.contact_sid,
                .worker = before.lost_worker_sid,
                .arrive = c});
  }
  row.contact_sid = before.contact_sid;
  row.conversation_sid = before.conversation_sid;
  row.customer_sid = before.customer_sid;
  by_contact_[row.contact_sid] = row.sid;
  row.max_wait_at = before.max_wait_at;
  row.consent_due = row.consent_rule != ConsentRule::none;
  if (row.consent_due) say(live, {row.consent_words, row.key_words});
  await_announcement(entry, row);
  entry.events.push_back(event(EventType::kCallQueued, row));
  ask({.kind = Request::Kind::go_on, .call = row.sid, .contact = row.contact_sid});
}

}  // namespace carillon::calls
