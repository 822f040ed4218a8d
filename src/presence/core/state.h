// Presence's machine: which activity a worker is in, whether their desktop is connected, and what follows.
//
// What:    available = the activity's class is `available`, no pending activity, and (connected or within the grace or no
//          connection required). reachable = connected or none required. Every change is a notice to routing.
// Rules:   losing the last connection starts a grace of 30 s; past it a worker who requires a connection is unavailable and
//          their tasks go back (`lost`); coming back ends it. A restart gives everybody who was connected 30 s anew.
//          A pending activity is taken when the worker is idle; asked for while idle, it is taken at once.
// Owns:    activities and presences of one workspace. Thread: one at a time (the workspace's strand).
// Example:
//   state.begin(entry); state.expire(entry); auto outcome = state.apply(entry, SetConnected{worker, true});
//   for (const Notice& n : state.take_notices()) tell_routing(n);
#pragma once

#include <map>
#include <optional>
#include <string>
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
  bool lost = false;  // connection gone for good, or went offline: tasks go back
  ActivityId activity;
  std::string activity_name;
};

struct Changes {
  std::vector<const ActivityRecord*> activities;
  std::vector<const PresenceRecord*> presences;
  std::vector<ActivityId> deleted_activities;
  std::vector<WorkerId> deleted_presences;
};

struct Rows {
  std::vector<ActivityRecord> activities;
  std::vector<PresenceRecord> presences;
  bool operator==(const Rows&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (activities, presences))

inline constexpr Duration kConnectionGrace = Duration::seconds(30);

class State {
 public:
  Result<void> load(Rows rows);
  Rows rows() const;

  void begin(const Context& entry);
  void expire(Context& entry);
  // The sid of what was made or touched.
  Result<std::string> apply(Context& entry, const Command& command);
  // Routing says that the worker has no live task left (or has some again).
  void worker_idle(Context& entry, WorkerId worker, bool idle);
  void restarted(Context& entry, Duration down_for);

  Instant next_deadline() const;
  const Changes& changes() const { return changes_; }
  std::vector<Notice> take_notices();

  const ActivityRecord* activity(ActivityId) const;
  const PresenceRecord* presence(WorkerId) const;
  std::vector<const ActivityRecord*> activities() const;  // by seq
  // Rebuilt after load from what routing knows; whether the worker has live tasks.
  void set_idle_after_load(WorkerId worker, bool idle);

 private:
  struct Live {
    PresenceRecord row;
    bool idle = true;  // derived from routing, not a row
    bool said_available = false, said_reachable = false;
  };
  std::map<ActivityId, ActivityRecord> activities_;
  std::map<WorkerId, Live> workers_;
  Changes changes_;
  std::vector<Notice> notices_;
};

}  // namespace carillon::presence
