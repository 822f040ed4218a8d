// TaskRouter's cumulative statistics, from rows of tasks, queue entries and reservations (docs/metrics/taskrouter.md).
//
// What:    tasks that entered a queue, or were created through a workflow or in the workspace, in [from, to); what became of
//          them until now. A task in its last queue entry counts as accepted or canceled there; earlier entries as moved on.
// Errors:  kStore (also when a period is too large to add up in the time a reader has). Thread: any; blocks (pool).
// Example:
//   auto sums = sum_tasks(reader, ws, {.queue = sid, .period = {from, to}, .split_s = {5, 15}});
#pragma once

#include <optional>
#include <vector>

#include "metrics/interval_sums.h"

namespace carillon::metrics {

struct TaskSumsOf {
  std::optional<QueueId> queue;  // at most one of queue and workflow; neither: the workspace
  std::optional<WorkflowId> workflow;
  std::optional<TaskChannelId> channel;
  Period period;
  std::vector<std::int64_t> split_s;  // at most 10
};

struct WaitSums {
  std::int64_t count = 0;
  std::int64_t total_us = 0;
  std::int64_t min_us = 0;
  std::int64_t max_us = 0;
};
struct SplitSums {
  std::int64_t seconds = 0;
  std::int64_t accepted_below = 0;  // at most so many seconds
  std::int64_t canceled_below = 0;
};
struct TaskSums {
  std::int64_t entered = 0;
  std::int64_t completed = 0;
  std::int64_t moved = 0;
  WaitSums accepted;           // from the task's creation
  WaitSums accepted_in_queue;  // from its entry into the queue
  WaitSums canceled;
  std::vector<SplitSums> split;
};
Result<TaskSums> sum_tasks(store::Reader& reader, WorkspaceId workspace, const TaskSumsOf& of);

// The numbers of a workflow's tasks: queue entries by arrival of the task, reservations and segments.
Result<QueueInterval> sum_workflow(store::Reader& reader, WorkspaceId workspace, const TaskSumsOf& of);

// Reservations of one worker that were made in the period, and those of them that ended so.
Result<QueueInterval> sum_reservations(store::Reader& reader, WorkspaceId workspace, WorkerId worker, Period period,
                                       std::optional<TaskChannelId> channel);

// How long which activity lasted, over its stays; parts of stays outside the period do not count. `worker`: only theirs.
struct StaySums {
  ActivityId activity_sid;
  WaitSums stays;
};
Result<std::vector<StaySums>> sum_stays(store::Reader& reader, WorkspaceId workspace, std::optional<WorkerId> worker,
                                        Period period);

}  // namespace carillon::metrics
