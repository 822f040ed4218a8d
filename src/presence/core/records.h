// The rows of presence: activities, and each worker's activity and connection.
//
// Owns:   nothing but its values. Thread: any.
// Limits: friendly names 64 characters, unique among activities.
#pragma once

#include <string>
#include <vector>

#include "base/codec.h"
#include "base/ids.h"
#include "base/time.h"

namespace carillon::presence {

enum class ActivityClass : std::uint8_t { available, productive, break_, training, meeting, system };
BOOST_DESCRIBE_ENUM(ActivityClass, available, productive, break_, training, meeting, system)

enum class PickableBy : std::uint8_t { worker, supervisor };
BOOST_DESCRIBE_ENUM(PickableBy, worker, supervisor)

struct ActivityRecord {
  ActivityId sid;
  std::string friendly_name;
  ActivityClass activity_class = ActivityClass::break_;  // `available` is the only class in which new work comes
  bool paid = true;
  Duration maximum;  // 0: no limit; past it an alert, nothing else
  PickableBy pickable_by = PickableBy::worker;
  bool offline = false;  // the one system activity a worker has when signed out
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const ActivityRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(ActivityRecord, (),
                      (sid, friendly_name, activity_class, paid, maximum, pickable_by, offline, seq, version))

// Presence of one worker. Belongs to the worker, not to a tab.
struct PresenceRecord {
  WorkerId worker_sid;
  bool requires_connection = true;
  bool connected = false;        // some tab or device is there
  bool counted_as_lost = false;  // gone longer than the grace
  Instant grace_until = Instant::never();
  ActivityId activity_sid;
  Instant activity_since;
  Instant overstays_at = Instant::never();  // end of the activity's maximum; a deadline, so a restart moves it
  bool overstayed = false;                  // past the activity's maximum, alert raised
  ActivityId pending_activity_sid;          // taken when the last task is done; no new work meanwhile
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const PresenceRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(PresenceRecord, (),
                      (worker_sid, requires_connection, connected, counted_as_lost, grace_until, activity_sid,
                       activity_since, overstays_at, overstayed, pending_activity_sid, seq, version))

}  // namespace carillon::presence
