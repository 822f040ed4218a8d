// Connections, grace, timers and what is told to routing. Activities as things are in activities.cc.
#include "presence/core/state.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::presence {

using events::Event;
using events::EventType;
using events::Reason;

namespace {

constexpr int kMaxTimersAnEntry = 10'000;

Error no_such_worker(WorkerId sid) {
  return Error(ErrorCode::kNotFound, "found no worker " + sid.str() + "; list them with GET /api/v1/workers")
      .at("worker_sid");
}

Error no_such_activity(ActivityId sid) {
  return Error(ErrorCode::kNotFound, "found no activity " + sid.str() + "; list them with GET /api/v1/activities")
      .at("activity_sid");
}

Error rows_contradict(std::string what) {
  return Error(ErrorCode::kInternal, "presence rows contradict one another: " + std::move(what));
}

}  // namespace

// ---- rows ----

Result<void> State::load(Rows rows) {
  activities_.clear(), workers_.clear(), timers_.clear(), touched_.clear(), notices_.clear();
  changes_ = {}, offline_ = {}, made_in_entry_ = 0, timers_run_ = 0;
  auto fail = [&](std::string what) {
    activities_.clear(), workers_.clear(), timers_.clear(), offline_ = {};
    return rows_contradict(std::move(what));
  };
  for (auto& row : rows.activities) {
    const ActivityId sid = row.sid;
    if (row.offline && offline_) return fail("two offline activities, " + offline_.str() + " and " + sid.str());
    if (row.offline) offline_ = sid;
    if (!sid || !activities_.emplace(sid, std::move(row)).second) return fail("activity " + sid.str() + " twice");
  }
  for (auto& row : rows.presences) {
    const WorkerId sid = row.worker_sid;
    if (!activities_.contains(row.activity_sid)) return fail("worker " + sid.str() + " in no activity");
    if (row.pending_activity_sid && !activities_.contains(row.pending_activity_sid)) {
      return fail("worker " + sid.str() + " waits for no activity");
    }
    const auto [it, made] = workers_.try_emplace(sid);
    if (!sid || !made) return fail("worker " + sid.str() + " twice");
    Live& live = it->second;
    live.row = std::move(row);
    live.said_available = is_available(live.row);
    live.said_reachable = is_reachable(live.row);
    live.said_activity = live.row.activity_sid;
    arm(live);
  }
  return {};
}

Rows State::rows() const {
  Rows out;
  for (const auto* row : activities()) out.activities.push_back(*row);
  for (const auto* row : presences()) out.presences.push_back(*row);
  return out;
}

// ---- one entry ----

void State::begin(const Context&) {
  for (Live* live : touched_) live->touched = false;
  touched_.clear();
  changes_.activities.clear(), changes_.presences.clear();
  changes_.deleted_activities.clear(), changes_.deleted_presences.clear();
  made_in_entry_ = 0, timers_run_ = 0;
}

void State::expire(Context& entry) {
  while (!timers_.empty() && timers_.begin()->at <= entry.now && timers_run_ < kMaxTimersAnEntry) {
    ++timers_run_;
    fire(entry, workers_.at(timers_.begin()->worker));
  }
}

// Grace before maximum when both are due: the alert then tells of a worker already counted as lost.
void State::fire(Context& entry, Live& live) {
  touch(live);
  if (live.row.grace_until <= entry.now) {
    live.row.grace_until = Instant::never();
    live.row.counted_as_lost = true;
    entry.events.push_back({.type = EventType::kWorkerConnection,
                            .reason = Reason::worker_lost,
                            .worker = live.row.worker_sid,
                            .activity = live.row.activity_sid});
    tell(live, true);
  } else {
    CARILLON_CHECK(live.row.overstays_at <= entry.now);
    live.row.overstays_at = Instant::never();
    live.row.overstayed = true;
    entry.events.push_back({.type = EventType::kAlertRaised,
                            .worker = live.row.worker_sid,
                            .activity = live.row.activity_sid,
                            .from = live.row.activity_since});
  }
  arm(live);
}

Result<std::string> State::apply(Context& entry, const Command& command) {
  return std::visit([&](const auto& c) { return on(entry, c); }, command);
}

void State::worker_idle(Context& entry, WorkerId worker, bool idle) {
  const auto it = workers_.find(worker);
  if (it == workers_.end() || it->second.idle == idle) return;
  Live& live = it->second;
  live.idle = idle;
  if (idle && live.row.pending_activity_sid) enter(entry, live, live.row.pending_activity_sid, Reason::by_system);
}

void State::restarted(Context& entry, Duration down_for) {
  for (Live* live : by_seq()) {
    PresenceRecord& row = live->row;
    const bool had_tabs = row.connected;
    if (!had_tabs && row.grace_until.is_never() && row.overstays_at.is_never()) continue;
    touch(*live);
    row.overstays_at = row.overstays_at + down_for;
    row.connected = false;
    if (row.requires_connection && (had_tabs || !row.grace_until.is_never()))
      row.grace_until = entry.now + kConnectionGrace;
    if (had_tabs) entry.events.push_back({.type = EventType::kWorkerConnection, .worker = row.worker_sid});
    arm(*live);
    tell(*live);
  }
}

// ---- workers ----

Result<std::string> State::on(Context& entry, const AddWorker& c) {
  if (!c.worker_sid)
    return Error(ErrorCode::kMissingField, "found no worker_sid; give the worker's sid").at("worker_sid");
  if (!offline_) {
    return Error(ErrorCode::kStateForbids, "found no offline activity for new workers; make one first (offline: true)");
  }
  const auto [it, made] = workers_.try_emplace(c.worker_sid);
  Live& live = it->second;
  if (made) {
    live.row = {.worker_sid = c.worker_sid,
                .requires_connection = c.requires_connection,
                .activity_sid = offline_,
                .activity_since = entry.now,
                .seq = draw_seq(entry),
                .version = 0};
    touch(live);
    const Duration maximum = activities_.at(offline_).maximum;
    if (maximum.us > 0) live.row.overstays_at = entry.now + maximum;
  } else if (live.row.requires_connection != c.requires_connection) {
    touch(live);
    live.row.requires_connection = c.requires_connection;
    live.row.counted_as_lost = false;
    const bool begins_grace = c.requires_connection && !live.row.connected;
    live.row.grace_until = begins_grace ? entry.now + kConnectionGrace : Instant::never();
  }
  arm(live);
  tell(live);
  return c.worker_sid.str();
}

Result<std::string> State::on(Context&, const RemoveWorker& c) {
  const auto it = workers_.find(c.worker_sid);
  if (it == workers_.end()) return no_such_worker(c.worker_sid);
  if (!it->second.idle) {
    return Error(ErrorCode::kStateForbids, "found live tasks at this worker; finish or move them first");
  }
  Live& live = it->second;
  live.row.grace_until = live.row.overstays_at = Instant::never();
  arm(live);
  std::erase(touched_, &live);
  std::erase(changes_.presences, &live.row);
  std::erase_if(notices_, [&](const Notice& n) { return n.worker == c.worker_sid; });
  workers_.erase(it);
  changes_.deleted_presences.push_back(c.worker_sid);
  return c.worker_sid.str();
}

Result<std::string> State::on(Context& entry, const SetActivity& c) {
  const auto it = workers_.find(c.worker_sid);
  if (it == workers_.end()) return no_such_worker(c.worker_sid);
  const auto* wanted = activity(c.activity_sid);
  if (!wanted) return no_such_activity(c.activity_sid);
  if (!c.by_supervisor && wanted->pickable_by == PickableBy::supervisor) {
    return Error(ErrorCode::kForbidden,
                 "found the activity '" + wanted->friendly_name + "', which only a supervisor may set; pick another")
        .at("activity_sid");
  }
  Live& live = it->second;
  const Reason reason = c.by_supervisor ? Reason::by_supervisor : Reason::by_worker;
  if (c.when_idle && !live.idle && live.row.activity_sid != c.activity_sid) {
    set_pending(entry, live, c.activity_sid, reason);
    tell(live);
    return c.worker_sid.str();
  }
  if (wanted->offline && !live.idle && !c.by_supervisor && live.row.activity_sid != c.activity_sid) {
    return Error(ErrorCode::kStateForbids,
                 "found live tasks at this worker; finish or transfer them, or ask with when_idle to go offline after "
                 "them")
        .at("when_idle");
  }
  enter(entry, live, c.activity_sid, reason);
  return c.worker_sid.str();
}

Result<std::string> State::on(Context& entry, const ClearPendingActivity& c) {
  const auto it = workers_.find(c.worker_sid);
  if (it == workers_.end()) return no_such_worker(c.worker_sid);
  if (!it->second.row.pending_activity_sid) {
    return Error(ErrorCode::kStateForbids, "found no pending activity; it was taken or cleared before");
  }
  set_pending(entry, it->second, {}, Reason::by_worker);
  tell(it->second);
  return c.worker_sid.str();
}

Result<std::string> State::on(Context& entry, const SetConnected& c) {
  const auto it = workers_.find(c.worker_sid);
  if (it == workers_.end()) return no_such_worker(c.worker_sid);
  Live& live = it->second;
  if (live.row.connected == c.connected) return c.worker_sid.str();
  touch(live);
  live.row.connected = c.connected;
  live.row.counted_as_lost = false;
  live.row.grace_until = c.connected || !live.row.requires_connection ? Instant::never() : entry.now + kConnectionGrace;
  entry.events.push_back({.type = EventType::kWorkerConnection,
                          .flag = c.connected,
                          .worker = c.worker_sid,
                          .activity = live.row.activity_sid});
  arm(live);
  tell(live);
  return c.worker_sid.str();
}

// Into the activity now; whatever was pending is over. Told once, at the end: between the two nobody was available.
void State::enter(Context& entry, Live& live, ActivityId sid, Reason reason) {
  set_pending(entry, live, {}, reason);
  if (live.row.activity_sid == sid) return tell(live);
  touch(live);
  const ActivityRecord& to = activities_.at(sid);
  live.row.activity_sid = sid;
  live.row.activity_since = entry.now;
  live.row.overstayed = false;
  live.row.overstays_at = to.maximum.us > 0 ? entry.now + to.maximum : Instant::never();
  entry.events.push_back(
      {.type = EventType::kWorkerActivity, .reason = reason, .worker = live.row.worker_sid, .activity = sid});
  arm(live);
  tell(live, to.offline && !live.idle);
}

void State::set_pending(Context& entry, Live& live, ActivityId sid, Reason reason) {
  if (live.row.pending_activity_sid == sid) return;
  touch(live);
  live.row.pending_activity_sid = sid;
  entry.events.push_back(
      {.type = EventType::kWorkerPendingActivity, .reason = reason, .worker = live.row.worker_sid, .activity = sid});
}

// ---- derived ----

bool State::is_here(const PresenceRecord& row) const { return is_reachable(row) || !row.grace_until.is_never(); }

bool State::is_available(const PresenceRecord& row) const {
  return is_here(row) && !row.pending_activity_sid &&
         activities_.at(row.activity_sid).activity_class == ActivityClass::available;
}

void State::tell(Live& live, bool lost, bool renamed) {
  const bool available = is_available(live.row), reachable = is_reachable(live.row);
  if (!lost && !renamed && live.said_activity == live.row.activity_sid && live.said_available == available &&
      live.said_reachable == reachable) {
    return;
  }
  live.said_available = available, live.said_reachable = reachable, live.said_activity = live.row.activity_sid;
  notices_.push_back({.worker = live.row.worker_sid,
                      .available = available,
                      .reachable = reachable,
                      .lost = lost,
                      .activity = live.row.activity_sid,
                      .activity_name = activities_.at(live.row.activity_sid).friendly_name});
}

void State::touch(Live& live) {
  if (live.touched) return;
  live.touched = true;
  ++live.row.version;
  touched_.push_back(&live);
  changes_.presences.push_back(&live.row);
}

void State::arm(Live& live) {
  const Instant at = std::min(live.row.grace_until, live.row.overstays_at);
  if (at == live.armed) return;
  if (!live.armed.is_never()) timers_.erase({live.armed, live.row.seq, live.row.worker_sid});
  if (!at.is_never()) timers_.insert({at, live.row.seq, live.row.worker_sid});
  live.armed = at;
}

std::vector<State::Live*> State::by_seq() {
  std::vector<Live*> out;
  for (auto& [sid, live] : workers_) out.push_back(&live);
  std::sort(out.begin(), out.end(), [](const Live* a, const Live* b) { return a->row.seq < b->row.seq; });
  return out;
}

// ---- queries ----

const PresenceRecord* State::presence(WorkerId sid) const {
  const auto it = workers_.find(sid);
  return it == workers_.end() ? nullptr : &it->second.row;
}

std::vector<const PresenceRecord*> State::presences() const {
  std::vector<const PresenceRecord*> out;
  for (const auto& [sid, live] : workers_) out.push_back(&live.row);
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->seq < b->seq; });
  return out;
}

bool State::available(WorkerId sid) const {
  const auto* row = presence(sid);
  return row && is_available(*row);
}

bool State::reachable(WorkerId sid) const {
  const auto* row = presence(sid);
  return row && is_reachable(*row);
}

bool State::idle(WorkerId sid) const {
  const auto it = workers_.find(sid);
  return it == workers_.end() || it->second.idle;
}

void State::set_idle_after_load(WorkerId sid, bool idle) {
  const auto it = workers_.find(sid);
  CARILLON_CHECK(it != workers_.end());
  it->second.idle = idle;
}

}  // namespace carillon::presence
