// LiveLook: what boards and statistics take from live state, copied on the brain in one pass, so that everything else (sums
// from rows, JSON) happens elsewhere.
//
// Thread: look() on the brain; the result anywhere.
// Limits: one pass over tasks, reservations and workers: some milliseconds at 10,000 of each.
// Example:
//   auto wish = LookWish{.queue = sid};
//   runtime.ask(ws, [wish](const View& view) { return look(view, wish); }, ...);
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "presence/core/records.h"
#include "routing/core/state.h"
#include "runtime/submission.h"

namespace carillon::metrics {

// Live tasks of a queue, a workflow or the workspace.
struct TaskCounts {
  std::int64_t pending = 0, reserved = 0, assigned = 0, suspended = 0, wrapping = 0;
  std::map<std::int64_t, std::int64_t> by_priority;
  Instant waiting_since = Instant::never();  // earliest virtual_start_time among waiting
  TaskId waiting_sid;
  Instant entered_at = Instant::never();  // earliest entry into the queue among waiting
  TaskId entered_sid;
  std::vector<Instant> late;  // when those entered who wait longer than their queue's T

  std::int64_t total() const { return pending + reserved + assigned + suspended + wrapping; }
  void add(const routing::TaskRecord& task, bool is_late);
};

struct QueueLook {
  QueueId sid;
  std::string friendly_name;
  routing::QueueNow now;
  TaskCounts tasks;
  std::map<ActivityId, std::int64_t> activities;  // of the eligible workers
};

struct WorkerLook {
  WorkerId sid;
  std::string friendly_name;
  ActivityId activity_sid;
  Instant state_since;  // begin of the segment that is no row yet
  bool handling = false;
  bool available = false;
  bool connected = false;
  bool not_responding = false;
};

struct LookWish {
  std::optional<QueueId> queue;  // only this one; else all
  std::optional<WorkflowId> workflow;
  std::optional<WorkerId> worker;  // only this one; else all
  bool queues = true;
  bool workers = true;
};

struct LiveLook {
  Instant now;
  std::string time_zone;
  std::vector<QueueLook> queues;       // in the order of their making
  TaskCounts tasks;                    // all
  std::optional<TaskCounts> workflow;  // nothing: there is none
  std::vector<WorkerLook> workers;
  std::vector<presence::ActivityRecord> activities;
  std::map<std::string, TaskChannelId> channels;  // by unique name
  std::int64_t open_contacts = 0;
  std::int64_t position = 0;  // of what was looked at

  const QueueLook* find_queue(QueueId sid) const;
  const WorkerLook* find_worker(WorkerId sid) const;
  const presence::ActivityRecord* find_activity(ActivityId sid) const;
};

LiveLook look(const runtime::View& view, const LookWish& wish);

}  // namespace carillon::metrics
