// The numbers of spec/schemas/statistics.yaml as JSON. Formulas are those of core/fold.h; here is only how they are shown.
//
// Thread: any. Percent and averages are null without traffic.
#pragma once

#include <string>

#include "metrics/interval_sums.h"
#include "metrics/live_look.h"

namespace carillon::metrics {

// Schema Numbers. `late`: waiting now and already past T.
void append_numbers(std::string& out, const QueueInterval& sums, std::int64_t late);

// A worker's time in a period, with the segment that is still open.
struct WorkerSums {
  WorkerInterval total;
  std::int64_t signed_in_us = 0;
  std::int64_t available_us = 0;
  std::int64_t available_or_handling_us = 0;
};
// Adds the open segment of `live` (may be null), which is no row yet, to the rows of a worker.
WorkerSums worker_sums(const ByActivity& rows, const WorkerLook* live, Period period, const LiveLook& look);
void add(const WorkerSums& from, WorkerSums& into);

// Schema WorkerNumbers.
void append_worker_numbers(std::string& out, const WorkerSums& sums);

// Schema CenterNumbers.
struct CenterSums {
  CenterInterval contacts;
  QueueInterval entries;  // all queues
  std::int64_t late = 0;
  WorkerSums workers;  // all
  std::optional<double> fcr;
};
void append_center_numbers(std::string& out, const CenterSums& sums);

// Schema TaskQueueNow. `quarter`: of the present quarter of an hour.
void append_queue_now(std::string& out, const QueueLook& queue, const QueueInterval& today,
                      const QueueInterval& quarter);
// Schema WorkspaceNow.
void append_workspace_now(std::string& out, const LiveLook& look, const CenterSums& today);

// Members shared by the real-time answers.
void append_tasks_by_priority(std::string& out, const TaskCounts& tasks);
void append_tasks_by_status(std::string& out, const TaskCounts& tasks);
// Of all activities, counts where there are any.
void append_activity_statistics(std::string& out, const LiveLook& look,
                                const std::map<ActivityId, std::int64_t>& workers);

}  // namespace carillon::metrics
