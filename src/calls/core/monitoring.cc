// Supervisors in calls: they come to listen, to whisper or to barge in, and go.
#include <algorithm>

#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

namespace {

LegRecord* leg_of(CallRecord& call, LegRole role, WorkerId worker) {
  const auto it = std::find_if(call.legs.begin(), call.legs.end(), [&](const LegRecord& leg) {
    return leg.role == role && leg.worker_sid == worker && leg.status != LegStatus::ended;
  });
  return it == call.legs.end() ? nullptr : &*it;
}

// Who asked for help is told that it has come.
bool is_unseen(const CallRecord& call, const Monitor& c) {
  return c.unseen && c.mode == Monitoring::listen &&
         std::none_of(call.legs.begin(), call.legs.end(), [](const LegRecord& leg) { return leg.help_since.us != 0; });
}

Error forbidden(std::string why, const char* field) {
  return Error(ErrorCode::kStateForbids, std::move(why)).at(field);
}

}  // namespace

Result<std::string> State::on(Context& entry, const Monitor& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  if (!c.worker_sid)
    return Error(ErrorCode::kMissingField, "found no worker_sid; say whose phone it is").at("worker_sid");
  Live& live = **found;
  CallRecord& row = live.row;
  LegRecord* mine = leg_of(row, LegRole::coach, c.worker_sid);
  if (c.mode == Monitoring::off) {
    if (mine) end_leg(entry, live, *mine, Reason::by_supervisor);
    return row.sid.str();
  }
  if (row.status != CallStatus::queued && row.status != CallStatus::talking) {
    return forbidden("nobody waits or talks in this call; choose one that is queued or talking", "call_sid");
  }
  if (mine) {
    if (mine->monitoring == c.mode) return row.sid.str();
    touch(live);
    mine->monitoring = c.mode;
    mine->unseen = is_unseen(row, c);
    auto told = event(EventType::kCallUpdated, row);
    if (!mine->unseen) told.leg = mine->sid;
    entry.events.push_back(told);
    if (c.mode != Monitoring::listen && mine->status == LegStatus::connected) supervisor_came(entry, live);
    return row.sid.str();
  }
  for (auto& [sid, other] : calls_) {
    if (leg_of(other.row, LegRole::agent, c.worker_sid)) {
      return forbidden("the worker takes part in call " + sid.str() + "; end that first", "worker_sid");
    }
  }
  const auto at_once = std::count_if(row.legs.begin(), row.legs.end(),
                                     [](const LegRecord& leg) { return leg.status != LegStatus::ended; });
  if (row.legs.size() >= kMaxLegs || static_cast<std::size_t>(at_once) >= kMaxLegsAtOnce) {
    return Error(ErrorCode::kLimit, "found as many parties as a call may have; let one leave first").at("call_sid");
  }
  stop_coaching(entry, c.worker_sid);
  coaching_[c.worker_sid] = row.sid;
  touch(live);
  row.legs.push_back({.sid = entry.ids.next<LegId>(),
                      .role = LegRole::coach,
                      .worker_sid = c.worker_sid,
                      .created_at = entry.now,
                      .connect_by = entry.now + kConnectWithin,
                      .monitoring = c.mode,
                      .user_sid = c.user_sid,
                      .unseen = is_unseen(row, c)});
  arm(live);
  auto told = event(EventType::kCallLegCreated, row);
  told.leg = row.legs.back().sid;
  entry.events.push_back(told);
  return row.sid.str();
}

CallRecord seen_by_agents(CallRecord call) {
  std::erase_if(call.legs, [](const LegRecord& leg) { return leg.unseen; });
  return call;
}

void State::stop_coaching(Context& entry, WorkerId worker) {
  const auto found = coaching_.find(worker);
  if (found == coaching_.end()) return;
  Live& live = calls_.at(found->second);
  if (LegRecord* leg = leg_of(live.row, LegRole::coach, worker)) end_leg(entry, live, *leg, Reason::by_system);
}

}  // namespace carillon::calls
