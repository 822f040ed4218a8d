// Presence's machine: which activity a worker is in, whether their desktop is connected, and what follows.
//
// What:    available = the activity's class is `available`, no pending activity, and (connected or within the grace or no
//          connection required). reachable = connected or none required. Every change is a notice to routing.
// Rules:   losing the last connection starts a grace of 30 s; past it a worker who requires a connection is unavailable and
//          their tasks go back (`lost`); coming back ends it. A restart gives everybody who was connected 30 s anew.
//          A pending activity is taken when the worker is idle; asked for while idle, it is taken at once.
// Owns:    activities and presences of one workspace. Thread: one at a time (the workspace's strand).
// Errors:  a refused command changes nothing. A broken invariant throws BrokenInvariant inside InvariantScope.
// Limits:  10,000 timers an entry, the rest is due at once in the next; 500 activities.
// Example:
//   state.begin(entry); state.expire(entry); auto outcome = state.apply(entry, SetConnected{worker, true});
//   for (const Notice& n : state.take_notices()) tell_routing(n);
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "events/core/event.h"
#include "presence/core/commands.h"
#include "presence/core/records.h"

namespace carillon::presence {

// One journal entry's givens. Outlives the calls that take it.
struct Context {
  Instant now;
  IdMaker& ids;
  events::Events& events;
  std::int64_t entry = 0;
};

struct Notice {
  WorkerId worker;
  bool available = false;
  bool reachable = false;
  bool lost = false;  // connection gone for good, or sent offline with tasks: tasks go back
  ActivityId activity;
  std::string activity_name;
};

// Rows touched in this entry, each once; pointers into the state, valid until the next begin().
struct Changes {
  std::vector<const ActivityRecord*> activities;
  std::vector<const PresenceRecord*> presences;
  std::vector<ActivityId> deleted_activities;
  std::vector<WorkerId> deleted_presences;
  bool empty() const {
    return activities.empty() && presences.empty() && deleted_activities.empty() && deleted_presences.empty();
  }
};

// All rows, by seq.
struct Rows {
  std::vector<ActivityRecord> activities;
  std::vector<PresenceRecord> presences;
  bool operator==(const Rows&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (activities, presences))

inline constexpr Duration kConnectionGrace = Duration::seconds(30);
inline constexpr Duration kLongestMaximum = Duration::hours(24 * 7);
inline constexpr std::size_t kMaxActivities = 500;

class State {
 public:
  State() = default;
  State(const State&) = delete;  // changes() points into it
  State& operator=(const State&) = delete;

  // Replaces everything by rows; workers count as idle until set_idle_after_load. Errors: kInternal when rows contradict
  // one another; the state is then empty.
  Result<void> load(Rows rows);
  Rows rows() const;

  void begin(const Context& entry);
  void expire(Context& entry);
  // The sid of what was made or touched.
  Result<std::string> apply(Context& entry, const Command& command);
  // Routing says that the worker has no live task left (or has some again). Unknown workers are passed over.
  void worker_idle(Context& entry, WorkerId worker, bool idle);
  // Moves every deadline by down_for; everybody who was connected, or within the grace, has 30 s to come back.
  void restarted(Context& entry, Duration down_for);

  Instant next_deadline() const { return timers_.empty() ? Instant::never() : timers_.begin()->at; }
  const Changes& changes() const { return changes_; }
  std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }

  const ActivityRecord* activity(ActivityId) const;
  const ActivityRecord* offline_activity() const;  // null only before it is made
  const PresenceRecord* presence(WorkerId) const;
  std::vector<const ActivityRecord*> activities() const;  // by seq
  std::vector<const PresenceRecord*> presences() const;   // by seq
  bool available(WorkerId) const;
  bool reachable(WorkerId) const;
  bool idle(WorkerId) const;
  // Rebuilt after load from what routing knows; whether the worker has live tasks.
  void set_idle_after_load(WorkerId worker, bool idle);

 private:
  struct Live {
    PresenceRecord row;
    bool idle = true;  // derived from routing, not a row
    bool said_available = false, said_reachable = false;
    ActivityId said_activity;
    bool touched = false;
    Instant armed = Instant::never();  // its place in timers_
  };
  struct Timer {
    Instant at;
    std::int64_t seq = 0;
    WorkerId worker;
    auto operator<=>(const Timer&) const = default;
  };

  Result<std::string> on(Context&, const PutActivity&);
  Result<std::string> on(Context&, const DeleteActivity&);
  Result<std::string> on(Context&, const AddWorker&);
  Result<std::string> on(Context&, const RemoveWorker&);
  Result<std::string> on(Context&, const SetActivity&);
  Result<std::string> on(Context&, const ClearPendingActivity&);
  Result<std::string> on(Context&, const SetConnected&);
  Result<void> check(const ActivityRecord& wanted) const;
  Result<std::string> make_activity(Context&, const ActivityRecord& wanted);
  Result<std::string> replace_activity(Context&, const ActivityRecord& wanted);
  // What an edit of the activity means for the workers in it.
  void activity_changed(const ActivityRecord& activity, const ActivityRecord& before, Instant now);

  bool is_here(const PresenceRecord& row) const;
  bool is_available(const PresenceRecord& row) const;
  bool is_reachable(const PresenceRecord& row) const { return row.connected || !row.requires_connection; }
  void touch(ActivityRecord& row);
  void touch(Live& live);
  void arm(Live& live);
  void enter(Context&, Live& live, ActivityId activity, events::Reason reason);
  void set_pending(Context&, Live& live, ActivityId activity, events::Reason reason);
  void fire(Context&, Live& live);
  // A notice when available, reachable or the activity changed since the last, or when lost.
  void tell(Live& live, bool lost = false, bool renamed = false);
  std::int64_t draw_seq(const Context& entry) { return (entry.entry << 20) + ++made_in_entry_; }
  std::vector<Live*> by_seq();

  // ---- rows ----
  std::map<ActivityId, ActivityRecord> activities_;
  std::unordered_map<WorkerId, Live> workers_;  // for lookups; whoever walks it sorts by seq
  // ---- derived ----
  std::set<Timer> timers_;  // one a worker: the earliest of its deadlines
  ActivityId offline_;
  // ---- of the entry ----
  Changes changes_;
  std::vector<Live*> touched_;
  std::vector<Notice> notices_;
  std::int64_t made_in_entry_ = 0;
  int timers_run_ = 0;
};

}  // namespace carillon::presence
