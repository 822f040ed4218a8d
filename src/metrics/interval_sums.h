// Sums of interval rows over periods: what all numbers that are not of this instant are made of.
//
// What:    a period counts the quarters of an hour that begin in [from rounded down, to).
// Errors:  kStore. Thread: any; blocks (pool).
// Example:
//   auto queues = sum_queues(reader, ws, {day.from, day.to}, {});
//   const QueueInterval& sales = (*queues)[sales_sid];
#pragma once

#include <map>
#include <optional>

#include "base/result.h"
#include "metrics/core/fold.h"
#include "store/reader.h"

namespace carillon::metrics {

struct Period {
  Instant from;
  Instant to;  // not included
};

struct SumFilter {
  std::optional<QueueId> queue;
  std::optional<TaskChannelId> channel;
};

// Adds sums, takes the larger of maxima; keys stay.
void add(const QueueInterval& from, QueueInterval& into);
void add(const WorkerInterval& from, WorkerInterval& into);

Result<std::map<QueueId, QueueInterval>> sum_queues(store::Reader& reader, WorkspaceId workspace, Period period,
                                                    const SumFilter& filter);
// By begin of the quarter.
Result<std::map<Instant, QueueInterval>> queue_series(store::Reader& reader, WorkspaceId workspace, Period period,
                                                      const SumFilter& filter);
using ByActivity = std::map<ActivityId, WorkerInterval>;
Result<std::map<WorkerId, ByActivity>> sum_workers(store::Reader& reader, WorkspaceId workspace, Period period,
                                                   std::optional<WorkerId> worker);
Result<CenterInterval> sum_center(store::Reader& reader, WorkspaceId workspace, Period period);

// Percent of inbound, answered contacts of identified customers, seven days before the period, without a further inbound one
// within seven days. Nothing without such contacts. `now`: nothing later is judged.
Result<std::optional<double>> first_contact_resolution(store::Reader& reader, WorkspaceId workspace, Period period,
                                                       Instant now);

template <class Key>
QueueInterval total_of(const std::map<Key, QueueInterval>& parts) {
  QueueInterval total;
  for (const auto& [key, part] : parts) add(part, total);
  return total;
}

}  // namespace carillon::metrics
